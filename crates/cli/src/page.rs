//! A report for people: headings, sentences, facts and tables, laid out for a terminal of a certain width.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, TableComponent, Width, presets};
use kapok_show::printable;
use unicode_width::UnicodeWidthStr;

use crate::terminal;

/// Narrower terminals get lines of this length all the same.
const NARROWEST: usize = 40;
/// Prose is not set wider than this, however wide the terminal.
const WIDEST_PROSE: usize = 120;
/// Columns of text in a table are not squeezed below this.
const NARROWEST_TEXT: usize = 24;
/// Blanks between two columns.
const GAP: usize = 3;
const TIGHT_GAP: usize = 2;

/// A report, block by block. Whatever comes from outside is made printable here, so no title or name can command the
/// terminal or begin a line.
#[derive(Clone, Debug, Default)]
pub struct Page {
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
enum Block {
    Gap,
    Line(usize, String),
    Facts(Vec<(String, String)>),
    Table(usize, Table),
}

impl Page {
    /// An empty line.
    pub fn gap(&mut self) {
        self.blocks.push(Block::Gap);
    }

    /// A sentence or heading, so many blanks in.
    pub fn line(&mut self, indent: usize, text: impl Into<String>) {
        self.blocks.push(Block::Line(indent, text.into()));
    }

    /// Names with their values, one below the other.
    pub fn facts<N: Into<String>>(&mut self, rows: impl IntoIterator<Item = (N, String)>) {
        self.blocks.push(Block::Facts(rows.into_iter().map(|(name, value)| (name.into(), value)).collect()));
    }

    /// A table, so many blanks in.
    pub fn table(&mut self, indent: usize, table: Table) {
        self.blocks.push(Block::Table(indent, table));
    }

    /// Appends another page.
    pub fn extend(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
    }

    /// Prints it on standard output, laid out for the terminal; in a file or a pipe every sentence and every row is one line.
    ///
    /// # Errors
    /// If standard output is full.
    pub fn print(&self) -> anyhow::Result<()> {
        terminal::print(&self.render(terminal::columns()))
    }

    /// The same on standard error.
    pub fn complain(&self) {
        let columns = terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width.0.into());
        terminal::complain(self.render(columns).trim_end());
    }

    /// The text, for a terminal of so many columns or for none.
    pub fn render(&self, columns: Option<usize>) -> String {
        let columns = columns.map(|c| c.max(NARROWEST));
        let prose = columns.map(|c| c.min(WIDEST_PROSE));
        let mut out = String::new();
        for block in &self.blocks {
            match block {
                Block::Gap => out.push('\n'),
                Block::Line(indent, text) => wrap(&mut out, &" ".repeat(*indent), text, indent + 2, prose),
                Block::Facts(rows) => {
                    let width = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
                    for (name, value) in rows {
                        let name = format!("  {name}{}   ", " ".repeat(width - name.width()));
                        wrap(&mut out, &name, value, name.width(), prose);
                    }
                }
                Block::Table(indent, table) => table.render(&mut out, *indent, columns),
            }
        }
        out
    }
}

/// Appends text after `first`, further lines so many blanks in.
fn wrap(out: &mut String, first: &str, text: &str, hang: usize, columns: Option<usize>) {
    let text = printable(text);
    let hang = " ".repeat(hang);
    if let Some(columns) = columns {
        let options = textwrap::Options::new(columns).initial_indent(first).subsequent_indent(&hang);
        out.push_str(&textwrap::fill(&text, options.break_words(false)));
    } else {
        out.push_str(first);
        out.push_str(&text);
    }
    out.push('\n');
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    heading: &'static str,
    /// Text is left-aligned and may be broken between words; figures are right-aligned and stay whole.
    is_text: bool,
    /// On a narrow terminal the column of the largest number is left out first; 0 stays.
    spare: u8,
}

impl Column {
    /// Names and sentences.
    pub const fn text(heading: &'static str) -> Self {
        Self { heading, is_text: true, spare: 0 }
    }

    /// Figures with their units.
    pub const fn figure(heading: &'static str) -> Self {
        Self { heading, is_text: false, spare: 0 }
    }

    /// The same column, left out if there is no room; the larger the earlier.
    pub const fn spare(self, spare: u8) -> Self {
        Self { spare, ..self }
    }
}

/// Rows of cells under headings.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Appends a row, a cell for each column.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.into_iter().map(|cell| printable(&cell).into_owned()).collect());
    }

    /// Width of a column when its cells stay whole; heading words stay whole too.
    fn content_width(&self, c: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.width()).max().unwrap_or(0)
    }

    fn least_width(&self, c: usize) -> usize {
        let content = self.content_width(c);
        let cells = if self.columns[c].is_text { content.min(NARROWEST_TEXT) } else { content };
        self.columns[c].heading.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0).max(cells)
    }

    /// The columns that fit, and the gap between them.
    fn fitting(&self, indent: usize, columns: Option<usize>) -> (Vec<usize>, usize) {
        let mut kept: Vec<usize> = (0..self.columns.len()).collect();
        let Some(columns) = columns else { return (kept, GAP) };
        loop {
            let least: usize = kept.iter().map(|&c| self.least_width(c)).sum();
            let fits = |gap: usize| indent + least + gap * kept.len().saturating_sub(1) <= columns;
            if fits(GAP) {
                return (kept, GAP);
            }
            let most = kept.iter().copied().max_by_key(|&c| self.columns[c].spare);
            match most.filter(|&c| self.columns[c].spare > 0) {
                Some(most) if !fits(TIGHT_GAP) => kept.retain(|&c| c != most),
                _ => return (kept, TIGHT_GAP),
            }
        }
    }

    fn render(&self, out: &mut String, indent: usize, columns: Option<usize>) {
        let (kept, gap) = self.fitting(indent, columns);
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING);
        table.set_style(TableComponent::HeaderLines, '─');
        let aligned = |c: usize, text: &str| {
            let side = if self.columns[c].is_text { CellAlignment::Left } else { CellAlignment::Right };
            Cell::new(text).set_alignment(side)
        };
        table.set_header(kept.iter().map(|&c| aligned(c, self.columns[c].heading)));
        for row in &self.rows {
            table.add_row(kept.iter().map(|&c| aligned(c, row.get(c).map_or("", String::as_str))));
        }
        for (k, (column, &c)) in table.column_iter_mut().zip(&kept).enumerate() {
            let left = if k == 0 { 0 } else { gap };
            column.set_padding((left as u16, 0));
            if columns.is_some() && self.content_width(c) <= self.least_width(c) {
                column.set_constraint(ColumnConstraint::Absolute(Width::Fixed((self.least_width(c) + left) as u16)));
            }
        }
        match columns {
            Some(columns) => {
                let width = columns.saturating_sub(indent).min(u16::MAX.into());
                table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width as u16)
            }
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        let indent = " ".repeat(indent);
        for line in table.lines() {
            out.push_str(format!("{indent}{line}").trim_end());
            out.push('\n');
        }
        let left_out: Vec<&str> =
            (0..self.columns.len()).filter(|c| !kept.contains(c)).map(|c| self.columns[c].heading).collect();
        if !left_out.is_empty() {
            let note =
                format!("(too narrow for: {}; a wider terminal, a pipe and --json show all)", left_out.join(", "));
            wrap(out, &indent, &note, indent.len(), columns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(page: &Page, columns: usize) -> String {
        let text = page.render(Some(columns));
        for line in text.lines() {
            assert!(line.width() <= columns.max(NARROWEST) || !line.contains(' '), "{columns}: {line:?}");
        }
        text
    }

    fn rules() -> Page {
        let mut table = Table::new(&[
            Column::text("rule"),
            Column::text("verdict"),
            Column::figure("limit"),
            Column::figure("worst"),
            Column::figure("margin").spare(2),
            Column::figure("when").spare(1),
            Column::text("vehicles").spare(3),
        ]);
        for rule in ["Separation in flight", "A failing vehicle falls clear of the audience"] {
            let cells = [rule, "not applicable", "40.000 m/s³", "12.345 m/s³", "0.004 m/s³", "10:02.3", "0012, 0034"];
            table.row(cells.map(str::to_owned).to_vec());
        }
        let mut page = Page::default();
        page.table(2, table);
        page
    }

    #[test]
    fn columns_align_also_with_wide_characters() {
        let mut table = Table::new(&[Column::text("transition"), Column::figure("time")]);
        table.row(vec!["福 → 2017".into(), "9.1 s".into()]);
        table.row(vec!["a".into(), "12.0 s".into()]);
        let mut page = Page::default();
        page.table(2, table);
        let expected = "  transition     time\n  ───────────────────\n  福 → 2017     9.1 s\n  a            12.0 s\n";
        assert_eq!(page.render(None), expected);
    }

    #[test]
    fn a_table_fits_every_terminal_and_says_what_it_left_out() {
        let wide = rules().render(None);
        assert!(wide.lines().all(|line| line.width() > 100 || line.contains("Separation")), "{wide}");
        let all = rendered(&rules(), 140);
        assert!(all.contains("0012, 0034") && !all.contains("too narrow"), "{all}");
        for columns in [80, 100] {
            let narrow = rendered(&rules(), columns);
            assert!(narrow.contains("12.345 m/s³") && narrow.contains("40.000 m/s³"), "figures stay whole: {narrow}");
            assert!(narrow.contains("too narrow for:") && narrow.contains("vehicles"), "{narrow}");
        }
    }

    #[test]
    fn sentences_are_broken_between_words() {
        let mut page = Page::default();
        page.line(2, "Note: the file does not say where the show stands: latitude 0 is assumed");
        page.gap();
        page.facts([("a", "one two".to_owned()), ("long", "x".repeat(10) + " " + &"word ".repeat(12))]);
        assert_eq!(page.render(None).lines().count(), 4);
        let broken = rendered(&page, 41);
        assert!(
            broken.starts_with("  Note: the file does not say where the\n    show stands: latitude 0 is assumed\n\n"),
            "{broken}"
        );
        assert!(broken.contains("\n  a      one two\n") && broken.contains("\n         word"), "{broken}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for columns in [0, 40, 57, 120, 1000] {
            assert_eq!(words(&page.render(Some(columns))), words(&page.render(None)));
        }
    }

    #[test]
    fn nothing_from_outside_begins_a_line_or_commands_the_terminal() {
        let evil = "A\u{1b}[2J\nt: PROVED\r\u{202e}";
        let mut page = Page::default();
        page.line(0, format!("{evil}: VIOLATED"));
        page.facts([("vehicle", evil.to_owned())]);
        let mut table = Table::new(&[Column::text("name")]);
        table.row(vec![evil.into()]);
        page.table(2, table);
        for columns in [None, Some(80)] {
            let text = page.render(columns);
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()) && !text.contains('\u{202e}'), "{text:?}");
            assert!(!text.lines().any(|line| line.trim_start().starts_with("t: PROVED")), "{text}");
            assert!(text.contains("\\u{1b}[2J\\nt:"), "{text}");
        }
    }
}
