using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hone.Adapters.Tests.Journals;

/// <summary>When a connection is cut around a commit.</summary>
public enum CommitCut
{
    /// <summary>The request does not reach the server.</summary>
    BeforeRequest,

    /// <summary>The request is sent on, and nothing is known after that.</summary>
    AfterRequest,

    /// <summary>The server has answered; the answer does not arrive.</summary>
    BeforeAnswer,
}

/// <summary>Stands between a client and PostgreSQL, understands just enough of the protocol to know a COMMIT, and loses things on demand.</summary>
public sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private TaskCompletionSource _open = Opened();
    private CommitCut? _cut;
    private int _cuts;

    /// <summary>Forwards to a port on loopback.</summary>
    public FaultyProxy(int target)
    {
        _target = target;
        _listener.Start();
        _ = Task.Run(Accept);
    }

    /// <summary>Where clients connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were cut around a commit.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The next commit that comes by is cut.</summary>
    public void CutNextCommit(CommitCut cut)
    {
        lock (_lock)
            _cut = cut;
    }

    /// <summary>Forwards nothing more in either direction; connections stay open, new ones are accepted and get no answer.</summary>
    public void Stall()
    {
        lock (_lock)
            if (_open.Task.IsCompleted)
                _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Forwards again, what was held back first.</summary>
    public void Resume()
    {
        lock (_lock)
            _open.TrySetResult();
    }

    public void Dispose()
    {
        _listener.Dispose();
        Resume();
        lock (_lock)
            foreach (var socket in _sockets)
                socket.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        open.SetResult();
        return open;
    }

    private Task Gate()
    {
        lock (_lock)
            return _open.Task;
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                lock (_lock)
                    _sockets.AddRange([client, server]);
                client.NoDelay = server.NoDelay = true;
                _ = Task.Run(() => Link(client, server));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy ends.
        }
    }

    private async Task Link(Socket client, Socket server)
    {
        var answer = new StrongBox<CommitCut?>();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(Requests(client, server, answer), Answers(client, server, answer));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // One side has gone; the other follows.
        }
        client.Dispose();
        server.Dispose();
    }

    private async Task Requests(Socket client, Socket server, StrongBox<CommitCut?> answer)
    {
        await using var from = new NetworkStream(client);
        var statements = new Dictionary<string, string>();
        var first = true;
        var committing = default(CommitCut?);
        while (true)
        {
            var (kind, message) = await Message(from, first);
            first = false;
            await Gate();
            switch (kind)
            {
                case 'P':
                    statements[Text(message, 5, 0)] = Text(message, 5, 1);
                    break;
                case 'Q' when Text(message, 5, 0) == "COMMIT":
                case 'B' when statements.GetValueOrDefault(Text(message, 5, 1)) == "COMMIT":
                    lock (_lock)
                        (committing, _cut) = (_cut, null);
                    break;
            }
            if (committing == CommitCut.BeforeRequest)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }
            if (committing is not null && kind is 'Q' or 'S')
                answer.Value = committing;
            await server.SendAsync(message);
            if (committing == CommitCut.AfterRequest && kind is 'Q' or 'S')
            {
                Interlocked.Increment(ref _cuts);
                return;
            }
        }
    }

    private async Task Answers(Socket client, Socket server, StrongBox<CommitCut?> cut)
    {
        var buffer = new byte[1 << 16];
        while (await server.ReceiveAsync(buffer) is > 0 and var length)
        {
            await Gate();
            if (cut.Value == CommitCut.BeforeAnswer)
            {
                Interlocked.Increment(ref _cuts);
                return;
            }
            await client.SendAsync(buffer.AsMemory(0, length));
        }
    }

    // The very first message has no kind.
    private static async Task<(char Kind, byte[] Message)> Message(NetworkStream from, bool first)
    {
        var head = new byte[first ? 4 : 5];
        await from.ReadExactlyAsync(head);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4));
        var message = new byte[head.Length + length - 4];
        head.CopyTo(message, 0);
        await from.ReadExactlyAsync(message.AsMemory(head.Length));
        return (first ? ' ' : (char)head[0], message);
    }

    // The text number `which` of those that end with a zero, from an offset on.
    private static string Text(byte[] message, int offset, int which)
    {
        for (; which > 0; which--)
            offset = Array.IndexOf(message, (byte)0, offset) + 1;
        return Encoding.UTF8.GetString(message.AsSpan(offset, Array.IndexOf(message, (byte)0, offset) - offset));
    }

    private sealed class StrongBox<T>
    {
        public T? Value { get; set; }
    }
}
