using System.Globalization;
using System.Text;
using Hone.Host.Configuration;
using Hone.Host.Serving.Keys;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Auditing;

/// <summary>
/// Who changed what, when: <c>audit.jsonl</c> in the home folder, one line each, chained by hashes. A line that is changed, removed from the middle or put in is found by
/// <see cref="Verify"/>; lines cut from the end are found by whoever noted the hash of the last one elsewhere.
/// </summary>
public sealed class AuditLog : IReadinessCheck, IDisposable
{
    /// <summary>Size at which a file is put aside and the next begins, in bytes.</summary>
    public const long FileBytesMax = 64 << 20;

    private const string Current = "audit.jsonl";
    private const string Aside = "audit.*.jsonl";
    private const int LineBytesMax = 16 << 10;

    private readonly Lock _writing = new();
    private readonly string _home;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditLog> _log;
    private readonly long _fileBytesMax;
    private FileStream _file;
    private long _n;
    private string _last;
    private string? _problem;

    /// <summary>Opens the log of a home; one line that a kill has cut off at the end is removed.</summary>
    /// <exception cref="ConfigException">The file cannot be continued: its last line is not as it was written.</exception>
    public AuditLog(string home, TimeProvider time, ILogger<AuditLog> log, long fileBytesMax = FileBytesMax)
    {
        (_home, _time, _log, _fileBytesMax) = (home, time, log, fileBytesMax);
        SecretFile.MakeFolder(home);
        _file = Open();
        (_n, _last) = LastOf(_file) ?? LastAside() ?? (0, AuditChain.Genesis);
    }

    /// <inheritdoc/>
    public string Name => "audit-log";

    /// <inheritdoc/>
    public ReadinessResult Check() => _problem is { } problem ? new(Readiness.Failed, $"The audit log cannot be written: {problem}") : ReadinessResult.Ready;

    /// <summary>Adds a line.</summary>
    /// <param name="entry">What happened.</param>
    /// <param name="isDurable">Return only when it would survive a power loss.</param>
    public void Append(AuditEntry entry, bool isDurable)
    {
        lock (_writing)
        {
            var begin = _file.Length;
            try
            {
                if (begin >= _fileBytesMax)
                    begin = PutAside();
                var (line, hash) = AuditChain.Write(_n + 1, _last, _time.GetUtcNow().UtcDateTime, entry);
                _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
                _file.Flush(flushToDisk: isDurable);
                (_n, _last, _problem) = (_n + 1, hash, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _problem = e.Message;
                ServerLog.AuditFailed(_log, e.Message);
                Cut(begin);
            }
        }
    }

    /// <summary>Checks every line of a home's log, files that were put aside included.</summary>
    /// <param name="home">The home folder.</param>
    /// <returns>Lines and the hash of the last one, or the first thing that is wrong.</returns>
    public static AuditVerdict Verify(string home)
    {
        var lines = 0L;
        (long N, string Hash)? before = null;
        foreach (var path in Directory.EnumerateFiles(home, Aside).Order(StringComparer.Ordinal).Append(Path.Combine(home, Current)).Where(File.Exists))
        {
            var number = 0;
            foreach (var line in Lines(path))
            {
                number++;
                string Where(string what) => $"{path}:{number}: {what}";
                if (!AuditChain.TryRead(line, out var n, out var previous, out var hash))
                    return new(lines, null, Where("this line is not as it was written."));
                // Older files may have been removed as a whole; the first of all names no line.
                if (before is { } b ? n != b.N + 1 || previous != b.Hash : n == 1 && previous != AuditChain.Genesis)
                    return new(lines, null, Where("this line does not follow the one before; lines were removed, added or exchanged."));
                before = (n, hash);
                lines++;
            }
        }
        return new(lines, before?.Hash, null);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(_home, Current), options);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    // Ordered by name: the number of the last line, with leading zeros.
    private long PutAside()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(Path.Combine(_home, Current), Path.Combine(_home, string.Create(CultureInfo.InvariantCulture, $"audit.{_n:D19}.jsonl")));
        _file = Open();
        return 0;
    }

    // Half a line would make the next one unreadable, too.
    private void Cut(long length)
    {
        try
        {
            if (_file.CanWrite && _file.Length > length)
                _file.SetLength(length);
            if (_file.CanSeek)
                _file.Seek(0, SeekOrigin.End);
        }
        catch (IOException e)
        {
            ServerLog.AuditFailed(_log, e.Message);
        }
    }

    private static (long, string)? LastOf(FileStream file)
    {
        var length = (int)Math.Min(file.Length, LineBytesMax);
        var tail = new byte[length];
        file.Seek(-length, SeekOrigin.End);
        file.ReadExactly(tail);
        // What has no end was never acknowledged.
        var end = tail.AsSpan().LastIndexOf((byte)'\n');
        if (end < length - 1)
            file.SetLength(file.Length - (length - 1 - end));
        file.Seek(0, SeekOrigin.End);
        if (end < 0)
            return null;
        var begin = tail.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
        return AuditChain.TryRead(tail.AsSpan(begin, end - begin), out var n, out _, out var hash)
            ? (n, hash)
            : throw new ConfigException($"{file.Name}: the last line is not as it was written; somebody changed the audit log. Move it away and look into it, then start again.");
    }

    private (long, string)? LastAside()
    {
        if (Directory.EnumerateFiles(_home, Aside).Max(StringComparer.Ordinal) is not { } path)
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        return LastOf(file);
    }

    private static IEnumerable<byte[]> Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        var line = new MemoryStream();
        for (var b = file.ReadByte(); b >= 0; b = file.ReadByte())
        {
            if (b != '\n')
            {
                line.WriteByte((byte)b);
                continue;
            }
            yield return line.ToArray();
            line.SetLength(0);
        }
        if (line.Length > 0)
            yield return line.ToArray();
    }
}

/// <summary>What verifying an audit log has found.</summary>
/// <param name="Lines">Lines that are as they were written, up to the first that is not.</param>
/// <param name="LastHash">Hash of the last line; null when there is none or something is wrong.</param>
/// <param name="Problem">The first thing that is wrong, with file and line; null when nothing is.</param>
public sealed record AuditVerdict(long Lines, string? LastHash, string? Problem);
