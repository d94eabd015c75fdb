using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Hone.Adapters.Journals;

/// <summary>The right to write: one row with an epoch that only rises. Every transaction that writes raises the row's turn under its epoch, so that none can commit after a later writer took the row.</summary>
/// <param name="connections">Where.</param>
/// <param name="takeOverAfterSecs">How long a sign of life counts.</param>
internal sealed class PostgresLease(PostgresConnections connections, double takeOverAfterSecs)
{
    private const string SeeHolder =
        """
        SELECT w.epoch, w.holder, w.host, w.process_id, w.process_started_us, w.instance, coalesce(w.lease_until > clock_timestamp(), false), to_char(w.seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
               EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.application_name = 'hone writer ' || w.instance)
        FROM hone.writer w FOR UPDATE OF w
        """;

    // A connection that was cut off in the middle of a message waits for the rest of it, and no time-out of the server ends that: it would hold the row against its successor for good.
    private const string EndSilent =
        """
        SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN hone.writer w ON a.application_name = 'hone writer ' || w.instance
        WHERE w.lease_until <= clock_timestamp() AND a.pid <> pg_backend_pid()
        """;

    private const string Take =
        """
        UPDATE hone.writer SET epoch = epoch + 1, turn = 0, holder = $1, host = $2, process_id = $3, process_started_us = $4, instance = $5,
            lease_until = clock_timestamp() + make_interval(secs => $6), seen_at = clock_timestamp()
        RETURNING epoch
        """;

    /// <summary>Takes the right to write.</summary>
    /// <returns>The new epoch.</returns>
    /// <exception cref="JournalOpenException">Another writer lives.</exception>
    public async Task<long> TakeOver(NpgsqlConnection connection, TimeProvider time, CancellationToken cancel)
    {
        // A writer that was killed cannot give its lease back: wait for it to run out, as long as nobody renews it.
        var started = time.GetTimestamp();
        string? seenFirst = null;
        while (true)
        {
            await using (var end = new NpgsqlCommand(EndSilent, connection))
                await end.ExecuteNonQueryAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var holder = await See(connection, cancel);
            if (!holder.Alive)
            {
                var epoch = await Write(connection, cancel);
                await transaction.CommitAsync(cancel);
                return epoch;
            }
            await transaction.RollbackAsync(cancel);
            seenFirst ??= holder.Seen;
            if (holder.Runs == true || holder.Seen != seenFirst || time.GetElapsedTime(started).TotalSeconds > 2 * takeOverAfterSecs + 5)
                throw new JournalOpenException(
                    $"{connections.Description} is being written by {holder.Name} (epoch {holder.Epoch}), last seen {holder.Seen}. One journal has one writer: stop that one, or wait until it has been silent for its lease.");
            await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(takeOverAfterSecs / 20, 0.05, 1)), time, cancel);
        }
    }

    /// <summary>Gives the right back at a clean end.</summary>
    public static async Task Release(NpgsqlConnection connection, long epoch, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("UPDATE hone.writer SET lease_until = NULL, seen_at = clock_timestamp() WHERE epoch = $1", connection) { Parameters = { new() { Value = epoch } } };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Refuses where another writer's lease is alive; holds the row until the transaction ends.</summary>
    public async Task DemandNobody(NpgsqlConnection connection, CancellationToken cancel)
    {
        var holder = await See(connection, cancel);
        if (holder.Alive)
            throw new JournalOpenException($"{connections.Description} is being written by {holder.Name} (epoch {holder.Epoch}), last seen {holder.Seen}: stop it first.");
    }

    private static async Task<Holder> See(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(SeeHolder, connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            throw new JournalOpenException("The table hone.writer is empty: somebody removed its only row. Restore a backup.");
        var ours = reader.GetString(2) == Environment.MachineName;
        bool? runs = ours ? Runs(reader.GetInt32(3), reader.GetInt64(4)) : null;
        var lease = reader.GetBoolean(6);
        // Of a process of this machine that ended and whose connection is gone, nobody has to wait for a sign of life. Were this wrong, the epoch would still keep it from writing.
        var alive = lease && !(runs == false && !reader.GetBoolean(8));
        return new Holder(reader.GetInt64(0), reader.GetString(1), alive, reader.GetString(7), runs);
    }

    private async Task<long> Write(NpgsqlConnection connection, CancellationToken cancel)
    {
        var process = Environment.ProcessId;
        await using var command = new NpgsqlCommand(Take, connection)
        {
            Parameters =
            {
                new() { Value = string.Create(CultureInfo.InvariantCulture, $"process {process} on {Environment.MachineName}") },
                new() { Value = Environment.MachineName },
                new() { Value = process },
                new() { Value = StartedUs(process) ?? 0 },
                new() { Value = connections.Instance },
                new() { Value = takeOverAfterSecs },
            },
        };
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private static bool Runs(int process, long startedUs) => StartedUs(process) is { } started && Math.Abs(started - startedUs) < 2_000_000;

    private static long? StartedUs(int process)
    {
        try
        {
            using var running = Process.GetProcessById(process);
            return (running.StartTime.ToUniversalTime() - DateTime.UnixEpoch).Ticks / 10;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private sealed record Holder(long Epoch, string Name, bool Alive, string Seen, bool? Runs);
}
