/// Which fields an answer carries: the `fields` parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Every field.
    All,
    /// These fields, by their lower-case names. `id` is always among them.
    Named(Vec<String>),
}

impl Fields {
    /// Reads `fields=a,b.c,*`. Unknown names stay in the list and select nothing; a name below
    /// another, as in `store.name`, selects the whole of what is above it.
    pub fn parse(text: &str) -> Self {
        let names: Vec<String> = text
            .split(',')
            .map(|name| {
                name.trim()
                    .split('.')
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase()
            })
            .filter(|name| !name.is_empty())
            .collect();
        if names.iter().any(|name| name == "*") {
            Self::All
        } else {
            Self::Named(names)
        }
    }

    /// These fields.
    pub fn named(names: &[&str]) -> Self {
        Self::Named(names.iter().map(|&name| name.to_owned()).collect())
    }

    /// Whether a field is selected.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|known| known == name),
        }
    }

    /// Whether nothing was named, as in `fields=`.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Named(names) if names.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_case_does_not_matter() {
        let fields = Fields::parse(" Alias , store.name,nope,");
        assert!(fields.contains("alias") && fields.contains("store") && fields.contains("nope"));
        assert!(!fields.contains("subject"));
    }

    #[test]
    fn a_star_anywhere_is_everything() {
        assert_eq!(Fields::parse("alias,*"), Fields::All);
        assert!(Fields::parse("").is_empty());
    }
}
