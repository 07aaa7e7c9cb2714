use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

/// A table of text cells; the first column is left-aligned, the others right-aligned.
pub struct Table {
    rows: Vec<Vec<String>>,
    left: usize,
}

impl Table {
    /// A table with a heading row; the first `left` columns are left-aligned.
    pub fn new(heading: &[&str], left: usize) -> Self {
        Self { rows: vec![heading.iter().map(|&s| s.to_owned()).collect()], left }
    }

    /// Appends a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text, two blanks before each line, a rule under the heading.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |c: usize| self.rows.iter().filter_map(|r| r.get(c)).map(|s| s.width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            let mut line = String::new();
            for (c, cell) in row.iter().enumerate() {
                let pad = " ".repeat(widths[c] - cell.width());
                let gap = if c == 0 { "  " } else { "   " };
                let _ = if c < self.left { write!(line, "{gap}{cell}{pad}") } else { write!(line, "{gap}{pad}{cell}") };
            }
            out.push_str(line.trim_end());
            out.push('\n');
            if i == 0 {
                let total: usize = widths.iter().sum::<usize>() + 3 * columns.saturating_sub(1);
                let _ = writeln!(out, "  {}", "─".repeat(total));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_also_with_wide_characters() {
        let mut table = Table::new(&["transition", "time"], 1);
        table.row(vec!["福 → 2017".into(), "9.1 s".into()]);
        table.row(vec!["a".into(), "12.0 s".into()]);
        let expected = "  transition     time\n  ───────────────────\n  福 → 2017     9.1 s\n  a            12.0 s\n";
        assert_eq!(table.render(), expected);
    }
}
