using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Hone.Host.Operating.Doctor;

/// <summary>The runtime: its version, and whether it is a released one.</summary>
internal sealed class RuntimeCheck : IDoctorCheck
{
    private const int Needed = 10;

    public string Name => "runtime";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var found = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}.";
        return Task.FromResult(
            Environment.Version.Major != Needed ? Finding.Warn(found, $"Hone is built for .NET {Needed} and tested there; install it.")
            : RuntimeInformation.FrameworkDescription.Contains('-') ? Finding.Warn(found, "This is a preview of the runtime; use a released one where money depends on it.")
            : !OperatingSystem.IsLinux() ? Finding.Warn(found, "Journals are compared bit for bit on Linux only; elsewhere the server works, but a journal from another system is checked by its chain.")
            : Finding.Ok(found));
    }
}

/// <summary>The processor: cores, and the instructions that make learners fast.</summary>
internal sealed class ProcessorCheck : IDoctorCheck
{
    public string Name => "processor";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var features = new List<string>();
        if (Avx2.IsSupported)
            features.Add("AVX2");
        if (Fma.IsSupported)
            features.Add("FMA");
        if (Avx512F.IsSupported)
            features.Add("AVX-512");
        var found = $"{Environment.ProcessorCount} processors{(features.Count > 0 ? " with " + string.Join(", ", features) : "")}.";
        return Task.FromResult(
            RuntimeInformation.ProcessArchitecture == Architecture.X64 && !Avx2.IsSupported ? Finding.Warn(found, "Without AVX2 everything computes the same, but several times slower; check the DOTNET_Enable… variables and what the virtual machine passes on.")
            : Environment.ProcessorCount < 2 ? Finding.Warn(found, "Learning and requests share one processor; give the server two.")
            : Finding.Ok(found));
    }
}

/// <summary>Memory that this process may use.</summary>
internal sealed class MemoryCheck : IDoctorCheck
{
    private const double BytesPerMib = 1 << 20;
    private const double NeededMib = 512;
    private const double GoodMib = 1024;

    public string Name => "memory";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var mib = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesPerMib;
        var found = $"{mib:0} MiB may be used.";
        return Task.FromResult(
            mib < NeededMib ? Finding.Fail(found, $"A server needs {NeededMib:0} MiB at the least; raise the limit of the service or the container.")
            : mib < GoodMib ? Finding.Warn(found, "Enough for some dozens of sessions with linear members; forests and hundreds of sessions need more.")
            : Finding.Ok(found));
    }
}

/// <summary>The clock: it must not go back, and be near the present.</summary>
internal sealed class ClockCheck : IDoctorCheck
{
    private const int Looks = 2_000;

    public string Name => "clock";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        var built = File.GetLastWriteTimeUtc(typeof(ClockCheck).Assembly.Location);
        var last = DateTime.UtcNow;
        var begun = last;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Looks; i++)
        {
            var now = DateTime.UtcNow;
            if (now < last)
                return Task.FromResult(Finding.Fail($"The clock went back by {(last - now).TotalMilliseconds:0.###} ms.", "Let a time service slew the clock in place of setting it; event time stands still until the clock has caught up."));
            last = now;
        }
        var strayed = Math.Abs(((last - begun) - watch.Elapsed).TotalMilliseconds);
        var found = $"{last:yyyy-MM-ddTHH:mm:ssZ}.";
        return Task.FromResult(
            last < built.AddDays(-1) ? Finding.Fail($"{found} That is before this program was built, {built:yyyy-MM-dd}.", "Set the clock; bars and questions would be stamped in the past.")
            : strayed > 100 ? Finding.Warn($"{found} It jumped by {strayed:0} ms while it was watched.", "Something sets the clock; let one time service do it, and slowly.")
            : Finding.Ok(found));
    }
}

/// <summary>Whether something keeps the clock right.</summary>
internal sealed class TimeServiceCheck : IDoctorCheck
{
    // Where systemd-timesyncd, chrony and ntpd leave a trace while they run.
    private static readonly string[] Traces = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chronyd.pid", "/run/ntpd.pid", "/var/run/ntpd.pid", "/run/openntpd.pid"];

    public string Name => "time-service";

    public Task<Finding> Run(DoctorSubject subject, CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux())
            return Task.FromResult(Finding.Ok("Not looked at on this system."));
        var found = Array.Find(Traces, File.Exists);
        if (found is not null)
            return Task.FromResult(Finding.Ok($"A time service runs ({found})."));
        // In a container the host keeps the clock, and leaves no trace inside.
        return Task.FromResult(File.Exists("/.dockerenv") || File.Exists("/run/.containerenv")
            ? Finding.Ok("In a container; the host keeps the clock.")
            : Finding.Warn("No time service was seen.", "Run chrony or systemd-timesyncd; a question stamped more than 5 minutes ahead of the clock is refused."));
    }
}
