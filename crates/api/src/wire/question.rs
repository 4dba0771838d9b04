//! Saved questions and what is told about them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A saved question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Question {
    /// `Q1`.
    pub id: String,
    /// What its owner calls it.
    pub title: String,
    /// Path and query of the question, such as `/indicators/ai_firms/series?entity=E1`.
    pub path: String,
    /// Whom to tell when its answer changes.
    pub notify: Notify,
    /// When its answer was last looked at.
    pub last_checked: Option<String>,
    /// Whether it changed and nobody has read about it.
    pub changed: bool,
    /// For `If-Match`.
    pub etag: String,
}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// Its owner, in the web app.
    pub app: bool,
    /// Address of a web hook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
}

/// A question to keep.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuestion {
    /// 1 to 200 characters.
    pub title: String,
    /// Path and query of the question.
    pub path: String,
    /// Whom to tell.
    pub notify: Notify,
}

/// Something to read about a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Notification {
    /// `N1`.
    pub id: String,
    /// `Q1`.
    pub question: String,
    /// When.
    pub at: String,
    /// In words.
    pub title: String,
    /// Whether it was read.
    pub read: bool,
}
