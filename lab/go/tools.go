//go:build tools

// Package tools names the commands of others that the lab builds as they are,
// so that go.mod and go.sum pin everything they are made of.
package tools

import (
	_ "github.com/rancher/local-path-provisioner"
	_ "sigs.k8s.io/metrics-server/cmd/metrics-server"
)
