//go:build tools

// Package tools names the Kubernetes commands that the lab builds, so that
// go.mod and go.sum pin everything they are made of.
//
// k8s.io/kubernetes is not meant to be imported: its staging modules have the
// version v0.0.0 there, and go.mod replaces each of them with the release that
// belongs to it. To move to another version, change all of them together, run
// `go mod tidy`, and set the version in lab/src/toolchain.rs.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
