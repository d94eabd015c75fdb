using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>
/// A copy of a journal in one file: a head (magic, version, version of the tables, epoch), then per table its name, its columns and its rows as PostgreSQL copies them in binary, in chunks with
/// their length before them, a chunk of length 0 at the end; last a SHA-256 over all of it.
/// </summary>
internal static class PostgresBackup
{
    private const int Version = 1;
    private const int ChunkBytesMax = 1 << 18;
    private const int NameBytesMax = 4096;
    private static readonly byte[] Magic = "HONEPGJ\n"u8.ToArray();

    /// <summary>Writes a consistent copy.</summary>
    public static async Task Write(string path, NpgsqlConnection connection, long epoch, IProgress<double>? progress, CancellationToken cancel)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            throw new IOException($"'{path}' exists already; a backup never replaces a file.");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                await WriteContents(file, connection, epoch, progress, cancel);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: false);
            FolderSync.Of(path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        progress?.Report(1);
    }

    /// <summary>Fills empty tables from a file.</summary>
    public static async Task Read(string path, NpgsqlConnection connection, PostgresLease lease, IProgress<double>? progress, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        await DemandWhole(file, cancel);
        file.Position = Magic.Length;
        var version = await ReadInt32(file, cancel);
        var tables = await ReadInt32(file, cancel);
        var epoch = await ReadInt64(file, cancel);
        if (version != Version || tables > PostgresSchema.Newest)
            throw new JournalOpenException($"'{file.Name}' was written by a newer Hone (format {version}, tables {tables}); this one reads format {Version}, tables up to {PostgresSchema.Newest}.");
        await PostgresSchema.Migrate(connection, cancel);

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await lease.DemandNobody(connection, cancel);
        foreach (var (table, _) in PostgresSchema.Contents)
            if (await Scalar(connection, $"SELECT EXISTS (SELECT 1 FROM hone.{table})", cancel) is true)
                throw new JournalOpenException($"The table hone.{table} has rows; a backup is restored into an empty database only.");
        foreach (var (table, columns) in PostgresSchema.Contents)
        {
            var name = await ReadText(file, cancel);
            var copied = await ReadText(file, cancel);
            if (name != table || copied != columns)
                throw new JournalOpenException($"'{file.Name}' holds the table '{name}' where '{table}' is expected.");
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY hone.{table} ({columns}) FROM STDIN (FORMAT BINARY)", cancel);
            var chunk = new byte[ChunkBytesMax];
            while (await ReadInt32(file, cancel) is > 0 and var length)
            {
                if (length > ChunkBytesMax)
                    throw new JournalOpenException($"'{file.Name}' is damaged: a chunk of {length} bytes.");
                await file.ReadExactlyAsync(chunk.AsMemory(0, length), cancel);
                await rows.WriteAsync(chunk.AsMemory(0, length), cancel);
                progress?.Report((double)file.Position / file.Length);
            }
        }
        // The next writer's epoch must be above that of every writer the copy knows.
        await using (var raise = new NpgsqlCommand("UPDATE hone.writer SET epoch = greatest(epoch, $1) + 1, turn = 0", connection) { Parameters = { new() { Value = epoch } } })
            await raise.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
        progress?.Report(1);
    }

    private static async Task WriteContents(FileStream file, NpgsqlConnection connection, long epoch, IProgress<double>? progress, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await Scalar(connection, "SET TRANSACTION READ ONLY", cancel);
        var expected = Math.Max(1.0, Convert.ToDouble(
            await Scalar(connection, "SELECT sum(pg_table_size(c.oid))::float8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'hone' AND c.relkind = 'r'", cancel),
            System.Globalization.CultureInfo.InvariantCulture));

        await Put(Magic);
        await PutInt32(Version);
        await PutInt32(await PostgresSchema.Version(connection, cancel));
        var number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, epoch);
        await Put(number);
        var buffer = new byte[ChunkBytesMax];
        foreach (var (table, columns) in PostgresSchema.Contents)
        {
            await PutText(table);
            await PutText(columns);
            await using (var rows = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT {columns} FROM hone.{table}) TO STDOUT (FORMAT BINARY)", cancel))
                while (await rows.ReadAsync(buffer, cancel) is > 0 and var length)
                {
                    await PutInt32(length);
                    await Put(buffer.AsMemory(0, length));
                    progress?.Report(Math.Min(0.99, file.Position / expected));
                }
            await PutInt32(0);
        }
        await file.WriteAsync(hash.GetHashAndReset(), cancel);
        await transaction.CommitAsync(cancel);

        async ValueTask Put(ReadOnlyMemory<byte> bytes)
        {
            hash.AppendData(bytes.Span);
            await file.WriteAsync(bytes, cancel);
        }

        ValueTask PutInt32(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            return Put(bytes);
        }

        async ValueTask PutText(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            await PutInt32(bytes.Length);
            await Put(bytes);
        }
    }

    // Before anything is read from it: a file that is cut off or changed restores nothing.
    private static async Task DemandWhole(FileStream file, CancellationToken cancel)
    {
        var head = new byte[Magic.Length];
        if (file.Length < Magic.Length + 16 + SHA256.HashSizeInBytes || await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel) < head.Length || !head.AsSpan().SequenceEqual(Magic))
            throw new JournalOpenException($"'{file.Name}' is not a backup of a PostgreSQL journal.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        var left = file.Length - Magic.Length - SHA256.HashSizeInBytes;
        var buffer = new byte[ChunkBytesMax];
        while (left > 0)
        {
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            await file.ReadExactlyAsync(part, cancel);
            hash.AppendData(part.Span);
            left -= part.Length;
        }
        var stored = new byte[SHA256.HashSizeInBytes];
        await file.ReadExactlyAsync(stored, cancel);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored))
            throw new JournalOpenException($"'{file.Name}' is damaged: its checksum does not match. Nothing was restored.");
    }

    private static async Task<int> ReadInt32(FileStream file, CancellationToken cancel)
    {
        var bytes = new byte[4];
        await file.ReadExactlyAsync(bytes, cancel);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private static async Task<long> ReadInt64(FileStream file, CancellationToken cancel)
    {
        var bytes = new byte[8];
        await file.ReadExactlyAsync(bytes, cancel);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    private static async Task<string> ReadText(FileStream file, CancellationToken cancel)
    {
        var length = await ReadInt32(file, cancel);
        if (length is < 0 or > NameBytesMax)
            throw new JournalOpenException($"'{file.Name}' is damaged: a name of {length} bytes.");
        var bytes = new byte[length];
        await file.ReadExactlyAsync(bytes, cancel);
        return Encoding.UTF8.GetString(bytes);
    }

    private static async Task<object?> Scalar(NpgsqlConnection connection, string statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
