namespace Cnn.Campaigns.Crash.Training;

/// <summary>A small training that is crashed: its solver, and whether it writes the folder of a run.</summary>
/// <param name="Name">A name for files and counts.</param>
/// <param name="Solver">Fields of the solver file besides the usual ones.</param>
/// <param name="Prefix">What snapshots are named after, in the training's folder.</param>
/// <param name="HasRun">Whether it writes the folder <c>run</c>.</param>
internal sealed record TrainingSetup(string Name, string Solver, string Prefix = "snap", bool HasRun = false)
{
    private const int Iterations = 8;

    /// <summary>All setups.</summary>
    public static IReadOnlyList<TrainingSetup> All { get; } =
    [
        new("plain", ""),
        new("kept", "snapshot_keep: 1"),
        new("hdf5", "snapshot_format: HDF5 snapshot_diff: true"),
        new("passes", "iter_size: 2 type: \"Adam\" momentum2: 0.999", Prefix: "out/deep/snap"),
        new("run", "", HasRun: true),
        new("kept-hdf5", "snapshot_keep: 2 snapshot_format: HDF5"),
        new("all", "snapshot_keep: 1 iter_size: 2 type: \"AdaDelta\" delta: 1e-6", Prefix: "out/snap", HasRun: true),
    ];

    /// <summary>Writes the definitions into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="prefix">What snapshots are named after.</param>
    public void Write(string folder, string prefix)
    {
        File.WriteAllText(Path.Combine(folder, "net.prototxt"), SmallTraining.Net);
        File.WriteAllText(
            Path.Combine(folder, "solver.prototxt"),
            $"""
            net: "net.prototxt"
            test_iter: 1
            test_interval: 4
            test_initialization: false
            base_lr: 0.01
            {(Solver.Contains("AdaDelta", StringComparison.Ordinal) ? "momentum: 0.95" : "momentum: 0.9")}
            weight_decay: 0.0005
            lr_policy: "inv"
            gamma: 0.0001
            power: 0.75
            display: 1
            max_iter: {Iterations}
            snapshot: 2
            snapshot_prefix: "{prefix}"
            random_seed: 7
            {Solver}

            """);
    }

    /// <summary>Returns the arguments that begin the training in a folder, or go on with it.</summary>
    public string[] Arguments(string folder) =>
    [
        "train", "--solver", Path.Combine(folder, "solver.prototxt"), "--resume", "latest", "--threads", "1",
        .. HasRun ? ["--run", Path.Combine(folder, "run")] : Array.Empty<string>(),
    ];
}
