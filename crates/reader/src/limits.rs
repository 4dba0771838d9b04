//! Bounds: what a document may be at most. Whatever passes them is refused before it fills memory.

use kernel::Refusal;

/// Upper bounds for one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it came.
    pub file_bytes_max: usize,
    /// Characters of its text after decoding or extracting.
    pub chars_max: usize,
    /// Bytes that a DOCX or a PDF unpacks to.
    pub unpacked_bytes_max: u64,
    /// Unpacked bytes for one packed byte.
    pub unpacked_ratio_max: u64,
    /// Parts inside a DOCX.
    pub parts_max: usize,
    /// Pages of a PDF.
    pub pages_max: usize,
    /// Bytes that one stream of a PDF unpacks to, pictures aside.
    pub stream_bytes_max: u64,
    /// Objects inside a PDF.
    pub objects_max: usize,
    /// Steps of drawing the pages of a PDF: bytes of what is drawn, as often as it is drawn.
    pub work_max: u64,
    /// Candidates of one document; those past it are left out, in the order of the text.
    pub candidates_max: usize,
}

impl Default for Limits {
    /// 32 MiB, 8 million characters, DOCX of 64 MiB at 200 to 1 in 2,000 parts, 2,000 pages,
    /// PDF of 64 MiB, 16 MiB a stream, in a million objects and 128 Mi steps, 50,000 candidates.
    fn default() -> Limits {
        Limits {
            file_bytes_max: 32 << 20,
            chars_max: 8_000_000,
            unpacked_bytes_max: 64 << 20,
            unpacked_ratio_max: 200,
            parts_max: 2_000,
            pages_max: 2_000,
            stream_bytes_max: 16 << 20,
            objects_max: 1_000_000,
            work_max: 128 << 20,
            candidates_max: 50_000,
        }
    }
}

impl Limits {
    /// `E-READ-01`: the file is too large.
    pub(crate) fn check_file(&self, bytes: usize) -> Result<(), Refusal> {
        if bytes <= self.file_bytes_max {
            return Ok(());
        }
        let max = self.file_bytes_max;
        Err(refusal(
            "E-READ-01",
            format!("a document has at most {max} bytes"),
            format!("文档超过 {max} 字节"),
        )
        .value(&format!("{bytes} bytes")))
    }

    /// `E-READ-02`: the text is too long.
    pub(crate) fn check_chars(&self, chars: usize) -> Result<(), Refusal> {
        if chars <= self.chars_max {
            return Ok(());
        }
        let max = self.chars_max;
        Err(refusal(
            "E-READ-02",
            format!("a document has at most {max} characters"),
            format!("文档正文超过 {max} 个字符"),
        ))
    }

    /// `E-READ-03`: a DOCX unpacks to more than it may.
    pub(crate) fn bomb(&self) -> Refusal {
        let (bytes, ratio, parts) =
            (self.unpacked_bytes_max, self.unpacked_ratio_max, self.parts_max);
        refusal(
            "E-READ-03",
            format!("a DOCX unpacks to at most {bytes} bytes, {ratio} to 1, in {parts} parts"),
            format!("DOCX 解压后超过 {bytes} 字节、压缩比 {ratio} 或 {parts} 个部件"),
        )
    }

    /// `E-READ-04`: too many pages.
    pub(crate) fn check_pages(&self, pages: usize) -> Result<(), Refusal> {
        if pages <= self.pages_max {
            return Ok(());
        }
        let max = self.pages_max;
        Err(refusal(
            "E-READ-04",
            format!("a PDF has at most {max} pages"),
            format!("PDF 超过 {max} 页"),
        ))
    }
}

/// `E-READ-05`: the file is not of the format that it claims.
pub(crate) fn damaged(format: &str) -> Refusal {
    Refusal::new(
        "E-READ-05",
        "a document can be opened as the format it is in",
        format!("无法作为 {format} 打开;文件可能已损坏或加密"),
        format!("cannot be opened as {format}: damaged or encrypted"),
    )
}

/// A refusal whose rule is also its English message.
pub(crate) fn refusal(code: &'static str, rule: String, zh: String) -> Refusal {
    Refusal::new(code, rule.clone(), zh, rule)
}
