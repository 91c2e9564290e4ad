//! The order in which people count: `node-2` before `node-10`.

use std::cmp::Ordering;

/// Compares paths, folder by folder: by letters, whatever their case, and by figures as the numbers they are. Only
/// equal paths are equal.
pub fn compare_paths(one: &str, other: &str) -> Ordering {
    let (mut names, mut others) = (one.split('/'), other.split('/'));
    loop {
        match (names.next(), others.next()) {
            (Some(name), Some(other)) => match compare(name, other) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
            (None, None) => return Ordering::Equal,
            (name, other) => return name.cmp(&other),
        }
    }
}

/// Compares names.
pub fn compare(one: &str, other: &str) -> Ordering {
    let (mut rest, mut others) = (one, other);
    loop {
        let (number, after) = figures(rest);
        let (against, other_after) = figures(others);
        let by_now = if number.is_empty() || against.is_empty() {
            let (first, against) = (rest.chars().next(), others.chars().next());
            let Some((first, against)) = first.zip(against) else {
                return first.cmp(&against).then_with(|| one.cmp(other));
            };
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            others = others.get(against.len_utf8()..).unwrap_or_default();
            first.to_lowercase().cmp(against.to_lowercase())
        } else {
            (rest, others) = (after, other_after);
            // Without noughts before them, more figures are a greater number.
            let (number, against) = (bare(number), bare(against));
            let by_length = number.len().cmp(&against.len());
            by_length.then_with(|| number.cmp(against))
        };
        if by_now != Ordering::Equal {
            return by_now;
        }
    }
}

/// The figures that a text begins with, and the rest.
fn figures(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

fn bare(figures: &str) -> &str {
    figures.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_count_as_numbers_and_case_does_not() {
        let sorted = [
            "1.pem", "2.pem", "10.pem", "a.pem", "A1.pem", "a2.pem", "a10.pem", "a10b.pem", "b.pem",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        let long = "9".repeat(60);
        assert_eq!(compare(&long, &format!("1{long}")), Ordering::Less);
    }

    #[test]
    fn only_equal_names_are_equal() {
        assert_eq!(compare("a1", "a1"), Ordering::Equal);
        for (one, other) in [("a01", "a1"), ("A", "a"), ("", "a")] {
            assert_ne!(compare(one, other), Ordering::Equal, "{one} {other}");
            assert_eq!(compare(one, other), compare(other, one).reverse());
        }
    }

    #[test]
    fn what_lies_in_a_folder_stands_together() {
        let sorted = ["a/2/x.pem", "a/10/a.pem", "a/10/b.pem", "a.pem", "a1/x.pem"];
        for pair in sorted.windows(2) {
            assert_eq!(compare_paths(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(compare_paths("a", "a/b"), Ordering::Less);
    }
}
