// Command client comes to a server as programs in Go do, by golang.org/x/crypto/ssh.
//
//	client [-t] ADDRESS USER KEY HOSTKEY [COMMAND]
//
// KEY is the file of a private key, HOSTKEY that of the server's public one. It exits with the command's status.
package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/crypto/ssh"
)

func main() {
	status, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 255
	}
	os.Exit(status)
}

func run(words []string) (int, error) {
	terminal := len(words) > 0 && words[0] == "-t"
	if terminal {
		words = words[1:]
	}
	if len(words) < 4 {
		return 0, errors.New("usage: client [-t] ADDRESS USER KEY HOSTKEY [COMMAND]")
	}
	client, err := connect(words[0], words[1], words[2], words[3])
	if err != nil {
		return 0, err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return 0, err
	}
	defer session.Close()
	session.Stdin, session.Stdout, session.Stderr = os.Stdin, os.Stdout, os.Stderr
	if terminal {
		if err := session.RequestPty("xterm-256color", 24, 80, ssh.TerminalModes{ssh.ECHO: 1}); err != nil {
			return 0, err
		}
	}
	if len(words) > 4 {
		err = session.Run(words[4])
	} else if err = session.Shell(); err == nil {
		err = session.Wait()
	}
	var ended *ssh.ExitError
	if errors.As(err, &ended) {
		return ended.ExitStatus(), nil
	}
	return 0, err
}

func connect(address, user, keyFile, hostKeyFile string) (*ssh.Client, error) {
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		return nil, err
	}
	line, err := os.ReadFile(hostKeyFile)
	if err != nil {
		return nil, err
	}
	hostKey, _, _, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return nil, err
	}
	return ssh.Dial("tcp", address, &ssh.ClientConfig{
		User:            user,
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: ssh.FixedHostKey(hostKey),
	})
}
