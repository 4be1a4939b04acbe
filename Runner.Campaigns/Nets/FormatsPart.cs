using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// A net or solver is the same message through prototxt, YAML and the binary form, prints the same text, needs no
/// upgrade, and the
/// nets compute the same.
/// </summary>
internal sealed class FormatsPart : IDisposable
{
    private readonly WorkerPool pool = new(1);
    private readonly TemporaryFolder folder = new();

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        using Net first = net.Build(pool);

        // Statistics whose rates are not 0 are the one thing that an upgrade finds in a net that was written today.
        net = net with { Message = NetUpgrade.Upgrade(net.Message.Clone(), new SourceMap(), null) };
        return CheckMessage(net.Message) ?? CheckUpgrade(net.Message) ?? CheckFiles(net, first);
    }

    /// <summary>Returns what differs in a solver's files; null where nothing does.</summary>
    public string? CheckSolver(SolverParameter solver)
    {
        SolverParameter upgraded = SolverUpgrade.Upgrade(solver.Clone(), new SourceMap(), null, null);
        return CheckMessage(solver)
            ?? (upgraded.Equals(solver) ? null : $"an upgrade changes the current format: {TextFormat.Print(upgraded)}")
            ?? Saved(solver, path => SolverDefinition.Load(path).Message);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    private static string? CheckMessage<T>(T message)
        where T : class, IMessage<T>, new()
    {
        string text = TextFormat.Print(message);
        T fromText = TextFormat.Parse<T>(text, "text");
        string yaml = YamlFormat.Print(fromText);
        T fromYaml = YamlFormat.Parse<T>(yaml, "yaml");
        var fromBinary = new T();
        fromBinary.MergeFrom(fromYaml.ToByteArray());
        return !fromText.Equals(message) ? $"prototxt gives another message: {TextFormat.Print(fromText)}"
            : !fromYaml.Equals(message) ? $"YAML gives another message: {yaml}"
            : !fromBinary.Equals(message) ? "the binary form gives another message"
            : TextFormat.Print(fromBinary) != text ? "the text after all is another"
            : YamlFormat.Print(fromBinary) != yaml ? "the YAML after all is another"
            : null;
    }

    private static string? CheckUpgrade(NetParameter message)
    {
        NetParameter upgraded = NetUpgrade.Upgrade(message.Clone(), new SourceMap(), null);
        return upgraded.Equals(message) ? null : $"a second upgrade changes it again: {TextFormat.Print(upgraded)}";
    }

    private string? CheckFiles(NetCase net, Net first)
    {
        if (Saved(net.Message, path => NetDefinition.Load(path).Message) is { } difference)
        {
            return difference;
        }

        NetPass? expected = null;
        foreach (string name in (string[])["net.prototxt", "net.yaml", "net.binaryproto"])
        {
            NetDefinition read = NetDefinition.Load(folder[name]);
            using Net other = Net.Build(
                new NetDefinition(read.Message, read.Sources, CampaignFiles.Resolver),
                new NetOptions { Phase = net.Phase, Pool = pool, Seed = (long)(net.Seed % 1000) });
            if (expected is null)
            {
                net.HandOver(first);
                expected = NetPass.Run(net, first);
            }

            net.HandOver(other);
            if (expected.DifferenceFrom(NetPass.Run(net, other)) is { } value)
            {
                return $"of {name}: {value}";
            }
        }

        return null;
    }

    private string? Saved<T>(T message, Func<string, T> load)
        where T : IMessage<T>
    {
        foreach (string name in (string[])["net.prototxt", "net.yaml", "net.binaryproto"])
        {
            ProtoFile.Save(message, folder[name]);
            if (!load(folder[name]).Equals(message))
            {
                return $"{name} gives another message: {TextFormat.Print(load(folder[name]))}";
            }
        }

        return null;
    }
}
