//! The pages say what the certificate says, and become PDF and PNG with the fonts that ship with Kapok.

use kapok_certify::{Judged, Options, certify_skyc};
use kapok_report::{report_pages, report_pdf, separation_svg, svg_to_pdf, svg_to_png};
use kapok_show::{
    DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
};

use crate::pdf_file::PdfFile;

/// Rows of drones that pass each other, 1 m apart where the limit is 1.5 m.
fn crossing() -> Judged {
    let vehicles = (0..8)
        .map(|i| {
            let (x, sign) = (f64::from(i / 2) * 5.0 + f64::from(i % 2), if i % 2 == 0 { 1.0 } else { -1.0 });
            let at = |y: f64, z: f64| DVec3::new(x, sign * y, z);
            let mut t = Trajectory::starting_at(0, at(-20.0, 0.0)).unwrap();
            t.push(10_000, &[at(-20.0, 0.0), at(-20.0, 10.0), at(-20.0, 10.0)]).unwrap();
            t.push(25_000, &[at(-20.0, 10.0), at(20.0, 10.0), at(20.0, 10.0)]).unwrap();
            t.push(38_000, &[at(20.0, 10.0), at(20.0, 0.0), at(20.0, 0.0)]).unwrap();
            Vehicle::new(format!("Drone <{i}>"), at(-20.0, 0.0), t, LightProgram::dark())
        })
        .collect();
    let show = Show {
        title: "Kapok & 木棉".into(),
        site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 0.0 }, heading_deg: 0.0 },
        environment: Environment::default(),
        limits: Limits::default(),
        profile: VehicleProfile::default(),
        vehicles,
        chapters: vec![],
        audio: None,
        draft: false,
    };
    certify_skyc(&show, "crossing.skyc", &Options::default(), &Silent).unwrap().1
}

#[test]
fn the_first_page_has_the_verdict_the_rules_and_the_hash() {
    let judged = crossing();
    let (show, certificate) = (judged.show(), judged.certificate());
    let pages = report_pages(show, certificate);
    assert!(pages.len() >= 3);
    assert!(pages[0].contains(">VIOLATED<") && pages[0].contains(">Separation in flight<"));
    assert!(pages[0].contains(">Kapok &amp; 木棉<"), "escaped");
    for rule in &certificate.rules {
        assert!(pages[0].contains(&format!(">{}<", rule.title)), "{} is in the table", rule.title);
    }
    let hash = &certificate.provenance().file.sha256;
    assert!(hash.len() == 64 && pages.iter().all(|p| p.contains(hash)), "each page names the file it speaks of");
    let cases = pages[2..].concat();
    let worst = certificate.rules[0].worst.as_ref().unwrap();
    assert!(cases.contains(&format!(">{:.3} s<", worst.t_ms / 1000.0)), "the worst case is listed");
    assert!(cases.contains("Drone &lt;"), "names are escaped");
    assert_eq!(pages, report_pages(show, certificate));
}

/// A few lines are no page of their own.
#[test]
fn the_cases_of_a_proved_show_stand_below_the_curves() {
    let up = |x: f64| {
        let (pad, top) = (DVec3::new(x, 0.0, 0.0), DVec3::new(x, 0.0, 10.0));
        let mut t = Trajectory::starting_at(0, pad).unwrap();
        t.push(20_000, &[pad, top, top]).unwrap();
        t.push(40_000, &[top, pad, pad]).unwrap();
        Vehicle::new(format!("{x}"), pad, t, LightProgram::dark())
    };
    let show = Show { vehicles: vec![up(0.0), up(5.0)], ..crossing().show().clone() };
    let judged = certify_skyc(&show, "up.skyc", &Options::default(), &Silent).unwrap().1;
    let pages = report_pages(judged.show(), judged.certificate());
    assert_eq!(pages.len(), 2);
    assert!(pages[1].contains(">Separation in flight<") && pages[1].contains(">where (x, y, z in m)<"));
    assert!(pages[1].contains(">page 2 of 2<"));
}

#[test]
fn pages_become_pdf_and_png() {
    let judged = crossing();
    let (show, certificate) = (judged.show(), judged.certificate());
    let pdf = report_pdf(show, certificate).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let pages = report_pages(show, certificate);
    let count = format!("/Count {}", pages.len());
    assert!(pdf.windows(count.len()).any(|w| w == count.as_bytes()), "one PDF page for each");
    let file = PdfFile::read(&pdf);
    assert_eq!(file.pages().len(), pages.len());
    assert!(file.pages().iter().all(|page| page.media_box == [0.0, 0.0, 595.0, 842.0]), "A4");
    assert!((0..4).all(|_| pdf == report_pdf(show, certificate).unwrap()), "the same bytes again");
    // Text is drawn: a page without it would be lighter.
    let with_text = svg_to_png(&pages[0], 1.0).unwrap();
    let without = svg_to_png(&pages[0].replace("<text", "<desc").replace("</text", "</desc"), 1.0).unwrap();
    assert!(with_text.starts_with(b"\x89PNG") && with_text.len() > 2 * without.len());
    assert!(svg_to_png(&separation_svg(certificate), 2.0).unwrap().starts_with(b"\x89PNG"));
    assert!(svg_to_pdf("x", &["<svg".into()]).is_err());
}

/// Every text of a page is found in the PDF, once: thick and haloed text too.
#[test]
fn a_report_can_be_searched() {
    let judged = crossing();
    let (show, certificate) = (judged.show(), judged.certificate());
    let file = PdfFile::read(&report_pdf(show, certificate).unwrap());
    for (svg, page) in report_pages(show, certificate).iter().zip(file.pages()) {
        let tree = resvg::usvg::roxmltree::Document::parse(svg).unwrap();
        let texts = tree.descendants().filter(|node| node.has_tag_name("text"));
        // SVG draws blanks in a row as one.
        let drawn = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let expected: Vec<String> = texts.filter_map(|node| node.text()).map(drawn).collect();
        assert!(expected.len() > 5);
        assert_eq!(page.text(&file), expected.concat());
    }
}
