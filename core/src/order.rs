//! Sorting of lists. What the standard library sorts by is made anew for each kind of list, at several
//! kilobytes each; here all kinds share one.

use std::cmp::Ordering;

/// Sorts by a key; what has the same key stays in its order.
pub fn by_key<T, K: Ord>(list: &mut Vec<T>, key: impl Fn(&T) -> K) {
    if list.is_sorted_by_key(&key) {
        return;
    }
    let keys: Vec<K> = list.iter().map(key).collect();
    let order = order(keys.len(), &|one, other| {
        keys.get(one).cmp(&keys.get(other))
    });
    rearrange(list, order);
}

/// Sorts by a comparison.
pub fn by<T>(list: &mut Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) {
    let order = order(
        list.len(),
        &|one, other| match (list.get(one), list.get(other)) {
            (Some(one), Some(other)) => compare(one, other),
            _ => Ordering::Equal,
        },
    );
    rearrange(list, order);
}

/// Sorts what has an order of its own.
pub fn sort<T: Ord>(list: &mut Vec<T>) {
    let order = order(list.len(), &|one, other| {
        list.get(one).cmp(&list.get(other))
    });
    rearrange(list, order);
}

fn rearrange<T>(list: &mut Vec<T>, order: Vec<usize>) {
    let mut left: Vec<Option<T>> = list.drain(..).map(Some).collect();
    list.extend(order.into_iter().filter_map(|at| left.get_mut(at)?.take()));
}

#[inline(never)]
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    order
}

#[cfg(test)]
mod tests {
    use super::by_key;

    #[test]
    fn what_has_the_same_key_stays_in_its_order() {
        let mut list = vec![(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        by_key(&mut list, |(key, _)| *key);
        assert_eq!(list, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
    }
}
