//! What a wish comes to: which names change, from what to what, all of them or none.

use certlens_core::UnixTime;
use certlens_dialect::redis_enterprise::{CertificateName, Key, NAMES};

use super::check::{self, Checked};
use super::{
    AUTHORITY, Directory, Failure, Internode, Pair, Refusal, Update, file_names, internode, text,
};
use crate::durable::{Access, Change, Reading};

/// What somebody wants of the directory.
pub(crate) enum Wish {
    /// These certificates replace those that are there.
    Update(Vec<Update>),
    /// This one is gone, with its key.
    Delete(&'static CertificateName),
    /// Certificates between nodes are issued anew: this one, or all.
    Rotate(Option<Internode>),
    /// Those between nodes that soon expire are issued anew.
    RotateDue,
    /// Each name is as it is here, octet by octet; `None` where it is gone.
    Become(Vec<(&'static str, Option<Pair>)>),
}

impl Wish {
    /// Whether it may change a name.
    pub(crate) fn is_about(&self, name: &str) -> bool {
        match self {
            Self::Update(updates) => updates.iter().any(|update| update.name.name == name),
            Self::Delete(gone) => gone.name == name,
            Self::Rotate(Some(only)) => only.name() == name,
            Self::Rotate(None) => Internode::find(name).is_some(),
            // It is not waited for: nobody asked.
            Self::RotateDue => false,
            Self::Become(pairs) => pairs.iter().any(|(known, _)| *known == name),
        }
    }
}

/// What becomes of one name.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) before: Option<Pair>,
    pub(crate) after: Option<Pair>,
}

impl Directory {
    /// Every name that is kept under a generation of its own: the vendor's, and the authority.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|name| name.name).chain([AUTHORITY])
    }

    /// What is there of every name. Blocks.
    pub(crate) fn all(&self) -> Result<Vec<Pair>, Failure> {
        let reading = self.folder.read()?;
        let pairs = Self::names().map(|name| held(&reading, name));
        pairs.filter_map(Result::transpose).collect()
    }

    /// What a wish comes to as things are; nothing where all is as it is wanted. Blocks.
    pub(crate) fn plan(&self, wish: &Wish, now: UnixTime) -> Result<Vec<Step>, Failure> {
        steps(&self.folder.read()?, wish, now)
    }

    /// Makes a wish come true. What it comes to is shown to a witness first, and nothing is changed where
    /// that fails. Blocks.
    pub(crate) fn change(
        &self,
        wish: &Wish,
        now: UnixTime,
        witness: impl FnOnce(&[Step]) -> Result<(), Failure>,
    ) -> Result<Vec<Step>, Failure> {
        let writing = self.folder.write()?;
        let steps = steps(&writing, wish, now)?;
        if steps.is_empty() {
            return Ok(steps);
        }
        witness(&steps)?;
        let files: Vec<_> = steps.iter().map(|step| file_names(step.name)).collect();
        let mut changes = Vec::new();
        for ((certificate, key), step) in files.iter().zip(&steps) {
            changes.extend(step.changes(certificate, key));
        }
        writing.change(&changes)?;
        Ok(steps)
    }
}

impl Pair {
    /// The SHA-256 of its first certificate, if that can be read.
    pub(crate) fn sha256(&self) -> Option<String> {
        let found = check::certificates(&self.certificate).ok()?;
        found.into_iter().next().map(|one| one.fingerprints.sha256)
    }
}

impl Step {
    fn changes<'a>(&'a self, certificate: &'a str, key: &'a str) -> Vec<Change<'a>> {
        let Some(after) = &self.after else {
            return vec![
                Change::Remove { file: certificate },
                Change::Remove { file: key },
            ];
        };
        let mut changes = vec![Change::Write {
            file: certificate,
            content: after.certificate.as_bytes(),
            access: Access::Kept,
        }];
        let held = self.before.as_ref().and_then(|before| before.key.as_ref());
        match &after.key {
            Some(content) if Some(content) != held => changes.push(Change::Write {
                file: key,
                content: content.as_bytes(),
                access: Access::Secret,
            }),
            None if held.is_some() => changes.push(Change::Remove { file: key }),
            _ => {}
        }
        changes
    }
}

fn steps(reading: &Reading<'_>, wish: &Wish, now: UnixTime) -> Result<Vec<Step>, Failure> {
    match wish {
        Wish::Update(updates) => update(reading, updates, now),
        Wish::Delete(name) => delete(reading, name),
        Wish::Rotate(only) => {
            let names = only.map_or(Internode::ALL.to_vec(), |only| vec![only]);
            rotate(reading, names, now)
        }
        Wish::RotateDue => {
            let due = internode::due(reading, now)?;
            if due.is_empty() {
                return Ok(Vec::new());
            }
            rotate(reading, due, now)
        }
        Wish::Become(pairs) => Ok(exact(reading, pairs)),
    }
}

/// What is there already, octet for octet of its DER, is not written again.
fn update(reading: &Reading<'_>, updates: &[Update], now: UnixTime) -> Result<Vec<Step>, Failure> {
    let (mut steps, mut refusals) = (Vec::new(), Vec::new());
    for update in updates {
        let name = update.name.name;
        // What cannot be read can be replaced, with a key.
        let before = held(reading, name).unwrap_or(None);
        match check::check(update, before.as_ref(), now) {
            Ok(checked) => {
                let normal = before.as_ref().map(check::normal);
                let is_same = normal.is_some_and(|(certificate, key)| {
                    certificate == checked.certificate
                        && (checked.key.is_none() || key == checked.key)
                });
                if !is_same {
                    steps.push(step(name, before, checked));
                }
            }
            Err(reasons) => refusals.push(Refusal { name, reasons }),
        }
    }
    if refusals.is_empty() {
        Ok(steps)
    } else {
        Err(Failure::Refused(refusals))
    }
}

fn delete(reading: &Reading<'_>, name: &CertificateName) -> Result<Vec<Step>, Failure> {
    let (certificate, _) = file_names(name.name);
    if reading.metadata(&certificate)?.is_none() {
        return Err(Failure::NotThere);
    }
    Ok(vec![Step {
        name: name.name,
        before: held(reading, name.name).unwrap_or(None),
        after: None,
    }])
}

fn rotate(
    reading: &Reading<'_>,
    names: Vec<Internode>,
    now: UnixTime,
) -> Result<Vec<Step>, Failure> {
    let made = internode::rotated(reading, names, now)?;
    let steps = made.into_iter().map(|(name, checked)| {
        let before = held(reading, name).unwrap_or(None);
        step(name, before, checked)
    });
    Ok(steps.collect())
}

fn exact(reading: &Reading<'_>, pairs: &[(&'static str, Option<Pair>)]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (name, wanted) in pairs {
        let before = held(reading, name);
        // What cannot be read is not what is wanted.
        if before.as_ref().is_ok_and(|before| before == wanted) {
            continue;
        }
        steps.push(Step {
            name,
            before: before.unwrap_or(None),
            after: wanted.as_ref().map(copy),
        });
    }
    steps
}

/// A pair that was checked, with the key that stays where it brings none.
fn step(name: &'static str, before: Option<Pair>, checked: Checked) -> Step {
    let Checked { certificate, key } = checked;
    let key = key.or_else(|| before.as_ref().and_then(|before| before.key.clone()));
    Step {
        name,
        before,
        after: Some(Pair {
            name,
            certificate,
            key,
        }),
    }
}

fn copy(pair: &Pair) -> Pair {
    Pair {
        name: pair.name,
        certificate: pair.certificate.clone(),
        key: pair.key.clone(),
    }
}

/// A certificate with the key that lies beside it, as they lie there.
fn held(reading: &Reading<'_>, name: &'static str) -> Result<Option<Pair>, Failure> {
    let (certificate, key) = file_names(name);
    let Some(pem) = text(reading, &certificate).map_err(Failure::Broken)? else {
        return Ok(None);
    };
    let is_keyless = CertificateName::find(name).is_some_and(|name| name.key == Key::Elsewhere);
    let key = if is_keyless {
        None
    } else {
        text(reading, &key).map_err(Failure::Broken)?
    };
    Ok(Some(Pair {
        name,
        certificate: pem.to_string(),
        key,
    }))
}

/// Without a witness.
#[cfg(test)]
impl Directory {
    pub(super) fn update(&self, updates: &[Update], now: UnixTime) -> Result<(), Failure> {
        let copy = |update: &Update| Update {
            name: update.name,
            certificate: update.certificate.clone(),
            key: update.key.clone(),
        };
        let wish = Wish::Update(updates.iter().map(copy).collect());
        self.change(&wish, now, |_| Ok(())).map(drop)
    }

    pub(super) fn delete(&self, name: &'static CertificateName) -> Result<(), Failure> {
        let now = UnixTime::from_seconds(0);
        self.change(&Wish::Delete(name), now, |_| Ok(())).map(drop)
    }

    pub(super) fn rotate(&self, only: Option<Internode>, now: UnixTime) -> Result<(), Failure> {
        self.change(&Wish::Rotate(only), now, |_| Ok(())).map(drop)
    }

    pub(super) fn rotate_due(&self, now: UnixTime) -> Result<Vec<&'static str>, Failure> {
        let steps = self.change(&Wish::RotateDue, now, |_| Ok(()))?;
        let rotated = steps.iter().map(|step| step.name);
        Ok(rotated.filter(|name| *name != AUTHORITY).collect())
    }
}
