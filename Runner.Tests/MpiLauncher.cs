namespace Cnn.Tests;

/// <summary>A launcher of MPI as Debian's packages, or the makers, name it.</summary>
internal sealed class MpiLauncher
{
    private static readonly MpiLauncher[] Known =
    [
        new()
        {
            Name = "Open MPI",
            Programs = ["mpirun.openmpi", "orterun"],
            Library = "libmpi.so.40",
            Rank = "OMPI_COMM_WORLD_RANK",
            // More processes than cores, and without a core of their own each.
            Options = ["--oversubscribe", "--bind-to", "none"],
            Variables = new()
            {
                ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
                ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
                // Containers forbid reading another process's memory.
                ["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none",
            },
        },
        new()
        {
            Name = "MPICH",
            Programs = ["mpiexec.hydra"],
            Library = "libmpich.so.12",
            Rank = "PMI_RANK",
            Options = [],
            Variables = [],
        },
    ];

    /// <summary>The names of the MPIs that have a launcher here.</summary>
    public static IReadOnlyList<string> Names => [.. Known.Select(l => l.Name)];

    /// <summary>The name of the MPI.</summary>
    public required string Name { get; init; }

    /// <summary>What the launcher's file may be called.</summary>
    public required string[] Programs { get; init; }

    /// <summary>The library's file on Debian.</summary>
    public required string Library { get; init; }

    /// <summary>The variable that has a process's rank.</summary>
    public required string Rank { get; init; }

    /// <summary>Options that go before all others.</summary>
    public required string[] Options { get; init; }

    /// <summary>Variables of the environment that it needs here.</summary>
    public required Dictionary<string, string> Variables { get; init; }

    /// <summary>The launcher's file.</summary>
    public string Program => Array.Find(Programs, Shell.Has)!;

    /// <summary>Returns the launcher of an MPI, or skips the calling test where it is not installed.</summary>
    public static MpiLauncher OrSkip(string name)
    {
        MpiLauncher launcher = Known.Single(l => l.Name == name);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, whose processes can be found by rank");
        Assert.SkipUnless(Array.Exists(launcher.Programs, Shell.Has), $"needs {launcher.Programs[0]}");
        return launcher;
    }
}
