package main

import (
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// push puts the image in an archive, as `docker save` writes it, into a registry.
func push(archive, reference string) error {
	image, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		return err
	}
	to, err := name.ParseReference(reference, name.Insecure)
	if err != nil {
		return err
	}
	return remote.Write(to, image)
}
