//! Bounds: what a file may be at most. Whatever passes them is refused before it fills memory.

use kernel::Refusal;

/// Upper bounds for one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it came.
    pub file_bytes_max: usize,
    /// Rows, objects or features.
    pub rows_max: u64,
    /// Columns of a table, members of an object.
    pub columns_max: usize,
    /// Characters of one cell.
    pub cell_chars_max: usize,
    /// Levels of nesting in JSON.
    pub json_depth_max: usize,
    /// Bytes that a workbook unpacks to.
    pub unpacked_bytes_max: u64,
    /// Unpacked bytes for one packed byte.
    pub unpacked_ratio_max: u64,
    /// Parts inside a workbook.
    pub parts_max: usize,
    /// Refusals after which reading stops.
    pub refusals_max: usize,
}

impl Default for Limits {
    /// 256 MiB, 5 million rows, 1,000 columns, 100,000 characters, 64 levels, workbooks of
    /// 512 MiB at 200 to 1 in 1,000 parts, 100 refusals.
    fn default() -> Limits {
        Limits {
            file_bytes_max: 256 << 20,
            rows_max: 5_000_000,
            columns_max: 1_000,
            cell_chars_max: 100_000,
            json_depth_max: 64,
            unpacked_bytes_max: 512 << 20,
            unpacked_ratio_max: 200,
            parts_max: 1_000,
            refusals_max: 100,
        }
    }
}

impl Limits {
    /// `E-SIZE-01`: the file is too large.
    pub(crate) fn check_file(&self, bytes: usize) -> Result<(), Refusal> {
        if bytes <= self.file_bytes_max {
            return Ok(());
        }
        let max = self.file_bytes_max;
        Err(refusal(
            "E-SIZE-01",
            format!("a file has at most {max} bytes"),
            format!("文件超过 {max} 字节"),
        )
        .value(&format!("{bytes} bytes")))
    }

    /// `E-SIZE-02`: too many rows.
    pub(crate) fn check_rows(&self, rows: u64) -> Result<(), Refusal> {
        if rows <= self.rows_max {
            return Ok(());
        }
        let max = self.rows_max;
        Err(refusal(
            "E-SIZE-02",
            format!("a file has at most {max} rows"),
            format!("文件超过 {max} 行"),
        ))
    }

    /// `E-SIZE-03`: too many columns.
    pub(crate) fn check_columns(&self, columns: usize) -> Result<(), Refusal> {
        if columns <= self.columns_max {
            return Ok(());
        }
        let max = self.columns_max;
        Err(refusal(
            "E-SIZE-03",
            format!("a row has at most {max} columns"),
            format!("一行超过 {max} 列"),
        ))
    }

    /// `E-SIZE-04`: a cell is too long.
    pub(crate) fn check_cell(&self, cell: &str) -> Result<(), Refusal> {
        let max = self.cell_chars_max;
        if cell.len() <= max || cell.chars().nth(max).is_none() {
            return Ok(());
        }
        Err(refusal(
            "E-SIZE-04",
            format!("a cell has at most {max} characters"),
            format!("单元格超过 {max} 个字符"),
        )
        .value(&cell.chars().take(40).collect::<String>()))
    }

    /// `E-SIZE-05`: JSON is nested too deeply.
    pub(crate) fn too_deep(&self) -> Refusal {
        let max = self.json_depth_max;
        refusal(
            "E-SIZE-05",
            format!("JSON has at most {max} levels"),
            format!("JSON 嵌套超过 {max} 层"),
        )
    }
}

/// A refusal whose rule is also its English message.
pub(crate) fn refusal(code: &'static str, rule: String, zh: String) -> Refusal {
    Refusal::new(code, rule.clone(), zh, rule)
}
