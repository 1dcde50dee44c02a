//! Copies of objects that can be given back to the API server.

/// What keeps objects as they are in a file, such that the way back is `kubectl replace -f` of what was changed (`apply` would keep
/// a field that was added), and `kubectl apply -f` of what was deleted; `get` is the command that gets that `number` of objects.
///
/// With the version and the uid that an object has today, the API server refuses the copy once the object has changed or was deleted;
/// all else of what it sets itself, it sets anew. Only the object's own are left out: an owner's uid stays.
pub(crate) fn command(get: &str, number: usize, file: &str) -> String {
    // Several objects come as a list, and stand further in.
    let indent = if number > 1 { "    " } else { "  " };
    format!("{get} -o yaml | grep -vE '^{indent}(resourceVersion|uid):' > {file}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_server_would_refuse_is_left_out() {
        let one = command("kubectl get pdb web", 1, "web.yaml");
        assert_eq!(one, "kubectl get pdb web -o yaml | grep -vE '^  (resourceVersion|uid):' > web.yaml");
        assert!(command("kubectl get hpa a b", 2, "both.yaml").contains("'^    (resourceVersion|uid):'"));
    }
}
