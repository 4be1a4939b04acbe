using Cnn.Campaigns.Running;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// Runs a check over nets: a refusal in words with a place is counted, anything else that goes wrong is a finding,
/// told with the
/// smallest net that still shows it.
/// </summary>
/// <param name="check">
/// Returns what is wrong with a net, null where nothing is. A net may be refused with a <see cref="CnnException"/>.
/// </param>
internal sealed class NetCheck(Func<NetCase, string?> check)
{
    /// <summary>The key of the number of nets that were accepted.</summary>
    public const string Accepted = "nets accepted";

    /// <summary>Checks a net.</summary>
    public void Run(CampaignCase log, NetCase net)
    {
        Outcome outcome = Try(net);
        log.Count(outcome.Refusal is null ? Accepted : "nets refused");
        if (outcome.Refusal is null)
        {
            foreach (string type in net.Message.Layer.Select(l => l.Type).Distinct())
            {
                log.Count($"type {type}");
            }
        }
        else if (outcome.Refusal.Diagnostics.Any(d => d.Location is null))
        {
            log.Find($"refused without a place: {outcome.Refusal.Message} Net: {net.Text}");
        }

        if (outcome.Failure is { } failure)
        {
            NetCase small = NetShrinker.Shrink(net, other => Try(other).Failure is not null);
            log.Find($"{Try(small).Failure ?? failure} ({small.Phase}, seed {small.Seed}) Net: {small.Text}");
        }
    }

    private Outcome Try(NetCase net)
    {
        try
        {
            return new Outcome(check(net), null);
        }
        catch (CnnException refusal)
        {
            return new Outcome(null, refusal);
        }
#pragma warning disable CA1031 // whatever else is thrown is what the campaign looks for
        catch (Exception error)
#pragma warning restore CA1031
        {
            string place = string.Join(" < ", (error.StackTrace ?? "").Split('\n').Take(4).Select(line => line.Trim()));
            return new Outcome($"{error.GetType().Name}: {error.Message} {place}", null);
        }
    }

    private sealed record Outcome(string? Failure, CnnException? Refusal);
}
