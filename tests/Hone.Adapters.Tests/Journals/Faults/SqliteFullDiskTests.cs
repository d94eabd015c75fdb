using System.Diagnostics;
using Hone.Adapters.Journals;

namespace Hone.Adapters.Tests.Journals.Faults;

/// <summary>A file system that is really full.</summary>
public sealed class SqliteFullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hone-full-").FullName;
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted)
            Run("umount", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_full_disk_refuses_stays_readable_and_takes_batches_again_without_a_restart()
    {
        _mounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", _folder);
        if (!_mounted)
            Assert.Skip("A file system of 8 MiB can be mounted by root only: run the tests as root, in a container that may mount.");
        var ballast = Path.Combine(_folder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[2 << 20]);
        await using var journal = SqliteJournal.Open(new SqliteJournalOptions { Path = Path.Combine(_folder, "journal.db"), CheckpointBytes = 1 << 19 });
        var session = new WritingSession("s");
        var refusal = await Assert.ThrowsAsync<JournalFullException>(async () =>
        {
            while (true)
                await session.Append(journal, 20_000);
        });
        Assert.Contains("room", refusal.Message);
        Assert.Equal(JournalStatus.Refusing, journal.Health.Status);
        Assert.True(session.Acknowledged > 20, $"{session.Acknowledged} entries filled the disk");
        for (var again = 0; again < 5; again++)
            await Assert.ThrowsAsync<JournalFullException>(() => session.Append(journal, 20_000));
        await session.DemandExact(journal);

        File.Delete(ballast);
        for (var more = 0; more < 5; more++)
            await session.Append(journal, 20_000);
        Assert.Equal(JournalStatus.Writable, journal.Health.Status);
        await session.DemandExact(journal);
        Assert.Empty((await journal.Verify()).Problems);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
