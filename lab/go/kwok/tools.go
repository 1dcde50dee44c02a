//go:build tools

// Package tools names kwok, which is built as it is. It has a module of its
// own because this release does not compile with the Kubernetes libraries of
// the lab's other programs (v0.34): it needs those of v0.33.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
