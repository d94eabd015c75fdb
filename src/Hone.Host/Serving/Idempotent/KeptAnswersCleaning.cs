using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hone.Host.Serving.Idempotent;

/// <summary>Removes kept answers whose time is over, every hour.</summary>
internal sealed class KeptAnswersCleaning(KeptAnswers answers, TimeProvider time, ILogger<KeptAnswersCleaning> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await Next(timer, stoppingToken))
            try
            {
                await answers.RemoveExpired(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // They are only in the way; the next hour tries again.
                ServerLog.AnswersNotRemoved(log, e.Message);
            }
    }

    private static async Task<bool> Next(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
