use super::*;
use proptest::prelude::*;

#[derive(Default)]
struct Kept {
    rows: Vec<Vec<String>>,
    refused: usize,
}

impl Sink for Kept {
    fn row(&mut self, row: &Row<'_>) -> Flow {
        self.rows.push(row.cells.iter().map(|cell| cell.to_string()).collect());
        Flow::Go
    }

    fn refuse(&mut self, _: Refusal) -> Flow {
        self.refused += 1;
        Flow::Go
    }

    fn unused(&mut self, _: Vec<String>) {}
}

fn kept(text: &str) -> Result<Kept, Refusal> {
    let columns = ["a".to_string(), "b".to_string()];
    let wanted = Wanted { columns: &columns, optional: &[false, false] };
    let mut kept = Kept::default();
    read(text, None, &wanted, &Limits::default(), &mut kept).map(|()| kept)
}

#[test]
fn columns_are_found_by_name_in_any_order() {
    let kept = kept("b,c,a\n1,2,3\n\n\"x\"\"y\",\"line\nbreak\",z\n").expect("sound");
    assert_eq!(kept.rows, [["3", "1"], ["z", "x\"y"]]);
}

proptest! {
    /// What another writer writes, we read; what another strict-enough reader reads, we read alike.
    #[test]
    fn reads_what_others_write(rows in proptest::collection::vec(("\\PC{0,12}", "\\PC{1,12}"), 0..8)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["a", "b"]).expect("memory");
        for (a, b) in &rows {
            writer.write_record([a, b]).expect("memory");
        }
        let text = String::from_utf8(writer.into_inner().expect("memory")).expect("UTF-8");
        let kept = kept(&text).expect("sound");
        let expected: Vec<Vec<String>> =
            rows.iter().map(|(a, b)| vec![a.clone(), b.clone()]).collect();
        prop_assert_eq!(kept.rows, expected);
        prop_assert_eq!(kept.refused, 0);
    }
}
