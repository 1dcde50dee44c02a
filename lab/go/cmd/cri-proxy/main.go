// Command cri-proxy stands between a kubelet and its container runtime and
// delays, hangs or fails the calls that a rules file names, or ages what they tell.
package main

import (
	"errors"
	"flag"
	"io/fs"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	listen := flag.String("listen", "", "socket that the kubelet calls, as unix:///run/a.sock (required)")
	upstream := flag.String("upstream", "", "socket of the container runtime, as unix:///run/b.sock (required)")
	rules := flag.String("rules", "", "file of the rules, read again when it changes; none as long as it is not there (required)")
	flag.Parse()
	if *listen == "" || *upstream == "" || *rules == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := serve(*listen, *upstream, *rules); err != nil {
		log.Fatal(err)
	}
}

func serve(listen, upstream, rules string) error {
	server, err := newServer(upstream, &book{file: rules})
	if err != nil {
		return err
	}
	socket := strings.TrimPrefix(listen, "unix://")
	// One that a killed process left behind.
	if err := os.Remove(socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		server.Stop()
	}()
	log.Printf("%s to %s", listen, upstream)
	return server.Serve(listener)
}
