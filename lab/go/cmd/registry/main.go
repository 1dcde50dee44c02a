// Command registry serves images over plain HTTP from a folder; `registry push
// ARCHIVE REFERENCE` puts one into it.
//
// The library keeps blobs on disk but manifests in memory only. This program
// keeps those too, and tells the library of them again when it starts.
package main

import (
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	if len(os.Args) == 4 && os.Args[1] == "push" {
		if err := push(os.Args[2], os.Args[3]); err != nil {
			log.Fatal(err)
		}
		return
	}
	listen := flag.String("listen", "127.0.0.1:5000", "address and port to listen on")
	dir := flag.String("dir", "", "folder that keeps the images (required)")
	flag.Parse()
	if *dir == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := serve(*listen, *dir); err != nil && !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func serve(listen, dir string) error {
	handler, err := newHandler(dir)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	log.Printf("serving %s on %s", dir, listener.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

func newHandler(dir string) (http.Handler, error) {
	blobs := filepath.Join(dir, "blobs")
	kept := filepath.Join(dir, "manifests")
	for _, folder := range []string{blobs, kept} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	images := registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)))
	keeper := &keeper{images: images, dir: kept}
	return keeper, keeper.restore()
}
