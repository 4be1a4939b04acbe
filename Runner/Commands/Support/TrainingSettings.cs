using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>The options of <c>cnn train</c>; null where the user gave none.</summary>
internal sealed record TrainingSettings
{
    public required string Solver { get; init; }

    public string[] Weights { get; init; } = [];

    public bool WeightsStrict { get; init; }

    public bool WeightsFromRoot { get; init; }

    public bool Gpu { get; init; }

    public SignalEffect OnInterrupt { get; init; } = SignalEffect.Stop;

    public SignalEffect OnHangUp { get; init; } = SignalEffect.Snapshot;

    public string? Snapshot { get; init; }

    public string? Resume { get; init; }

    public bool RestartsData { get; init; }

    public string[] Plugins { get; init; } = [];

    public bool AllowPlugins { get; init; }

    public Action<Diagnostic>? WarnOfPlugin { get; init; }

    public int? Threads { get; init; }

    public bool Mpi { get; init; }

    public long? Seed { get; init; }

    public int? Iterations { get; init; }

    public int? Patience { get; init; }

    public string? LogFolder { get; init; }

    public string? Run { get; init; }

    public string CommandLine { get; init; } = "";

    public int? ServePort { get; init; }

    public int? Level { get; init; }

    public string[] Stages { get; init; } = [];
}
