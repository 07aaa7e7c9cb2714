//! Inside a crate no circle of imports runs through more than two files: what two files share lies below both.
//!
//! The sources are parsed, each path is followed from the module where it stands, through `crate`, `self`, `super`, imports and
//! re-exports, to the file that defines its name; tests are left out, and so are paths inside macros. Circles are the strongly
//! connected components of what is left (Tarjan 1972).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A module: where its names lead.
#[derive(Default)]
struct Module {
    file: PathBuf,
    /// Names that are defined here, child modules included.
    own: BTreeSet<String>,
    /// Names that an import or a re-export brings, and the path behind each.
    imports: BTreeMap<String, Vec<String>>,
    /// Modules whose names are all brought.
    globs: Vec<Vec<String>>,
    /// All paths of expressions, types and imports.
    paths: Vec<Vec<String>>,
}

/// The modules of a crate by their full paths; the root is the empty path.
type Modules = BTreeMap<Vec<String>, Module>;

/// Gathers the paths of a module without its child modules.
struct Paths<'a>(&'a mut Module);

impl Visit<'_> for Paths<'_> {
    fn visit_path(&mut self, path: &syn::Path) {
        if path.leading_colon.is_none() {
            self.0.paths.push(path.segments.iter().map(|s| s.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if item.leading_colon.is_none() {
            imports(self.0, &item.tree, &mut Vec::new());
        }
    }

    fn visit_item_mod(&mut self, _: &syn::ItemMod) {}

    fn visit_vis_restricted(&mut self, _: &syn::VisRestricted) {}
}

fn imports(module: &mut Module, tree: &syn::UseTree, prefix: &mut Vec<String>) {
    let mut bring = |name: &syn::Ident, path: Vec<String>| {
        module.paths.push(path.clone());
        module.imports.insert(name.to_string(), path);
    };
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            imports(module, &path.tree, prefix);
            prefix.pop();
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = prefix.last() {
                module.paths.push(prefix.clone());
                module.imports.insert(last.clone(), prefix.clone());
            }
        }
        syn::UseTree::Name(name) => bring(&name.ident, joined(prefix, &name.ident.to_string())),
        syn::UseTree::Rename(rename) => bring(&rename.rename, joined(prefix, &rename.ident.to_string())),
        syn::UseTree::Glob(_) => {
            module.paths.push(prefix.clone());
            module.globs.push(prefix.clone());
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| imports(module, tree, prefix)),
    }
}

fn joined(prefix: &[String], name: &str) -> Vec<String> {
    prefix.iter().cloned().chain([name.to_string()]).collect()
}

fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("test")
            || (a.path().is_ident("cfg") && a.parse_args::<syn::Ident>().is_ok_and(|i| i == "test"))
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

fn name(item: &syn::Item) -> Option<String> {
    let ident = match item {
        syn::Item::Const(i) => &i.ident,
        syn::Item::Enum(i) => &i.ident,
        syn::Item::Fn(i) => &i.sig.ident,
        syn::Item::Macro(i) => i.ident.as_ref()?,
        syn::Item::Mod(i) => &i.ident,
        syn::Item::Static(i) => &i.ident,
        syn::Item::Struct(i) => &i.ident,
        syn::Item::Trait(i) => &i.ident,
        syn::Item::Type(i) => &i.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// Reads the items of a module that stands in `file`, and its child modules; `folder` is where their files lie.
fn gather(modules: &mut Modules, at: &[String], items: &[syn::Item], file: &Path, folder: &Path) {
    let mut module = Module { file: file.to_path_buf(), ..Module::default() };
    for item in items.iter().filter(|item| !for_tests(attributes(item))) {
        module.own.extend(name(item));
        Paths(&mut module).visit_item(item);
        let syn::Item::Mod(child) = item else { continue };
        let (name, inside) = (child.ident.to_string(), folder.join(child.ident.to_string()));
        if let Some((_, items)) = &child.content {
            gather(modules, &joined(at, &name), items, file, &inside);
        } else {
            let flat = folder.join(format!("{name}.rs"));
            let file = if flat.exists() { flat } else { inside.join("mod.rs") };
            gather(modules, &joined(at, &name), &parsed(&file), &file, &inside);
        }
    }
    modules.insert(at.to_vec(), module);
}

fn parsed(file: &Path) -> Vec<syn::Item> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display())).items
}

/// The module that defines what a path names, seen from the module `from`; `None` for what is not of this crate. `seen` ends
/// imports that lead in a circle.
fn home<'m>(
    modules: &'m Modules,
    from: &[String],
    path: &[String],
    seen: &mut BTreeSet<Vec<String>>,
) -> Option<&'m Module> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => within(modules, &[], rest, seen),
        "self" => within(modules, from, rest, seen),
        "super" => within(modules, &from[..from.len().checked_sub(1)?], rest, seen),
        _ => {
            let here = &modules[from];
            let known = here.own.contains(first) || here.imports.contains_key(first) || !here.globs.is_empty();
            known.then(|| within(modules, from, path, seen))?
        }
    }
}

fn within<'m>(
    modules: &'m Modules,
    at: &[String],
    path: &[String],
    seen: &mut BTreeSet<Vec<String>>,
) -> Option<&'m Module> {
    let module = modules.get(at)?;
    let Some((first, rest)) = path.split_first() else { return Some(module) };
    if first == "super" {
        return within(modules, &at[..at.len().checked_sub(1)?], rest, seen);
    }
    let child = joined(at, first);
    if modules.contains_key(&child) {
        return within(modules, &child, rest, seen);
    }
    if module.own.contains(first) {
        return Some(module);
    }
    if !seen.insert(child) {
        return None;
    }
    if let Some(behind) = module.imports.get(first) {
        let behind: Vec<String> = behind.iter().chain(rest).cloned().collect();
        return home(modules, at, &behind, seen);
    }
    module.globs.iter().find_map(|glob| {
        let behind: Vec<String> = glob.iter().chain(path).cloned().collect();
        home(modules, at, &behind, seen)
    })
}

/// Which file of the crate names things of which others.
fn arrows(modules: &Modules) -> BTreeMap<PathBuf, BTreeSet<PathBuf>> {
    let mut arrows: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    for (at, module) in modules {
        let to = module.paths.iter().filter_map(|path| home(modules, at, path, &mut BTreeSet::new()));
        let files = to.map(|m| m.file.clone()).filter(|file| *file != module.file);
        arrows.entry(module.file.clone()).or_default().extend(files);
    }
    arrows
}

/// The circles of a graph: its strongly connected components of two and more.
fn circles(arrows: &BTreeMap<PathBuf, BTreeSet<PathBuf>>) -> Vec<Vec<PathBuf>> {
    let reach = |from: &PathBuf| {
        let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(file) = open.pop() {
            for next in arrows.get(&file).into_iter().flatten() {
                if reached.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        reached
    };
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = arrows.keys().map(|file| (file, reach(file))).collect();
    let mut found: Vec<Vec<PathBuf>> = Vec::new();
    for (file, far) in &reached {
        let both: Vec<PathBuf> =
            far.iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(*file))).cloned().collect();
        if both.len() > 1 && !found.contains(&both) {
            found.push(both);
        }
    }
    found
}

fn circles_of(source: &Path) -> Vec<Vec<PathBuf>> {
    let root = ["lib.rs", "main.rs"].map(|name| source.join(name)).into_iter().find(|file| file.exists());
    let root = root.unwrap_or_else(|| panic!("{}: no root", source.display()));
    let mut modules = Modules::new();
    gather(&mut modules, &[], &parsed(&root), &root, source);
    circles(&arrows(&modules))
}

#[test]
fn no_circle_of_files_above_two() {
    let mut long = Vec::new();
    for room in std::fs::read_dir("../crates").expect("crates") {
        let source = room.expect("a room").path().join("src");
        long.extend(circles_of(&source).into_iter().filter(|circle| circle.len() > 2));
    }
    let list: Vec<String> = long
        .iter()
        .map(|circle| circle.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join("\n    "))
        .collect();
    assert!(long.is_empty(), "circles of files:\n    {}", list.join("\n\n    "));
}

/// The scan sees a circle of three that runs through a re-export, and no circle where one file only uses the two others.
#[test]
fn a_circle_of_three_is_seen() {
    let folder = std::env::temp_dir().join(format!("kapok-circle-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    write("lib.rs", "mod a; mod b; mod c; pub use c::C;");
    write("a.rs", "use crate::b::B; pub struct A(B);");
    write("b.rs", "pub struct B(Box<crate::C>);");
    write("c.rs", "#[cfg(test)] mod tests { use crate::b::B; } pub struct C;");
    assert_eq!(circles_of(&folder), Vec::<Vec<PathBuf>>::new());
    write("c.rs", "use super::a::A; pub struct C(Box<A>);");
    let [circle] = &circles_of(&folder)[..] else { panic!("one circle") };
    let names: Vec<_> = circle.iter().map(|f| f.file_name().expect("a name").to_string_lossy()).collect();
    assert_eq!(names, ["a.rs", "b.rs", "c.rs"]);
    std::fs::remove_dir_all(&folder).expect("removed");
}
