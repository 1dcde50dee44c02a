package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// largest is above what kubelet and containerd allow each other, 16 MiB.
const largest = 64 << 20

// glance is how often a held call looks whether its rule is still there.
const glance = 100 * time.Millisecond

// frame is a message that nobody here looks into.
type frame struct{ bytes []byte }

// rawCodec passes messages as the bytes they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(message any) ([]byte, error) {
	whole, ok := message.(*frame)
	if !ok {
		return nil, fmt.Errorf("not a frame: %T", message)
	}
	return whole.bytes, nil
}

func (rawCodec) Unmarshal(data []byte, message any) error {
	whole, ok := message.(*frame)
	if !ok {
		return fmt.Errorf("not a frame: %T", message)
	}
	// The transport uses its buffer again.
	whole.bytes = append([]byte(nil), data...)
	return nil
}

// proxy hands every call on to the upstream, unless a rule says otherwise.
type proxy struct {
	upstream *grpc.ClientConn
	book     *book
}

// newServer makes a server whose every method is the upstream's.
func newServer(upstream string, book *book) (*grpc.Server, error) {
	again := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.5, MaxDelay: time.Second}
	connection, err := grpc.NewClient(upstream,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: again, MinConnectTimeout: time.Second}),
		grpc.WithDefaultCallOptions(
			grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(largest), grpc.MaxCallSendMsgSize(largest)),
	)
	if err != nil {
		return nil, err
	}
	proxy := &proxy{connection, book}
	return grpc.NewServer(
		grpc.ForceServerCodec(rawCodec{}),
		grpc.UnknownServiceHandler(proxy.call),
		grpc.MaxRecvMsgSize(largest),
		grpc.MaxSendMsgSize(largest),
	), nil
}

func (p *proxy) call(_ any, caller grpc.ServerStream) error {
	method, ok := grpc.MethodFromServerStream(caller)
	if !ok {
		return status.Error(codes.Internal, "a call without a method")
	}
	request := &frame{}
	if err := caller.RecvMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := p.obey(caller.Context(), method, request.bytes); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(caller.Context())
	defer cancel()
	if incoming, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, incoming.Copy())
	}
	both := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	upstream, err := p.upstream.NewStream(ctx, both, method)
	if err != nil {
		return err
	}
	go sendRequests(caller, upstream, request)
	return sendAnswers(upstream, caller, p.book.ages(method))
}

// obey does what the rule for this call says, if there is one.
func (p *proxy) obey(ctx context.Context, method string, request []byte) error {
	rule, found := p.book.take(method, request)
	if !found {
		return nil
	}
	log.Printf("%s %s %s", rule.Action, method, rule.Delay)
	switch rule.Action {
	case fail:
		failed, err := code(rule.Code)
		if err != nil {
			return err
		}
		return status.Error(failed, rule.Message)
	case delay:
		length, err := time.ParseDuration(rule.Delay)
		if err != nil {
			return err
		}
		limit, cancel := context.WithTimeout(ctx, length)
		defer cancel()
		p.hold(limit, rule)
	default:
		p.hold(ctx, rule)
	}
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	return nil
}

// hold waits until the context ends or the rule is taken away.
func (p *proxy) hold(ctx context.Context, rule rule) {
	ticker := time.NewTicker(glance)
	defer ticker.Stop()
	for p.book.holds(rule) {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sendRequests passes on what the caller sends, the first message being read already.
// A failure needs no word here: the answer to the call tells it.
func sendRequests(caller grpc.ServerStream, upstream grpc.ClientStream, message *frame) {
	for {
		if upstream.SendMsg(message) != nil {
			return
		}
		message = &frame{}
		if err := caller.RecvMsg(message); err != nil {
			_ = upstream.CloseSend()
			return
		}
	}
}

func sendAnswers(upstream grpc.ClientStream, caller grpc.ServerStream, ages []rule) error {
	header, err := upstream.Header()
	if err == nil && len(header) > 0 {
		if err := caller.SendHeader(header); err != nil {
			return err
		}
	}
	for {
		message := &frame{}
		if err := upstream.RecvMsg(message); err != nil {
			caller.SetTrailer(upstream.Trailer())
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		message.bytes = older(message.bytes, ages)
		if err := caller.SendMsg(message); err != nil {
			return err
		}
	}
}
