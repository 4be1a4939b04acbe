namespace Cnn.Proto;

/// <summary>Brings solver files of older formats up to date, the nets within them too.</summary>
public static class SolverUpgrade
{
    /// <summary>The solver in the current format; changed in place.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="sources">Where it was written.</param>
    /// <param name="path">
    /// The solver's file, by which snapshots are named when it has no snapshot_prefix; null leaves the prefix alone.
    /// </param>
    /// <exception cref="CnnException">Both the old and the current field for the type are given, or a net is wrong.</exception>
    public static SolverParameter Upgrade(SolverParameter solver, SourceMap sources, string? path)
    {
        if (solver.HasSolverType)
        {
            UpgradeType(solver, sources);
        }

        if (path is not null)
        {
            SetSnapshotPrefix(solver, path);
        }

        solver.NetParam = Upgraded(solver.NetParam, sources);
        solver.TrainNetParam = Upgraded(solver.TrainNetParam, sources);
        for (int i = 0; i < solver.TestNetParam.Count; i++)
        {
            solver.TestNetParam[i] = NetUpgrade.Upgrade(solver.TestNetParam[i], sources);
        }

        return solver;
    }

    private static NetParameter? Upgraded(NetParameter? net, SourceMap sources) =>
        net is null ? null : NetUpgrade.Upgrade(net, sources);

    private static void UpgradeType(SolverParameter solver, SourceMap sources)
    {
        if (solver.HasType)
        {
            throw new CnnException(new Diagnostic(
                "both type and the old solver_type are given",
                sources.Find(solver, SolverParameter.SolverTypeFieldNumber),
                "keep type"));
        }

        solver.Type = solver.SolverType switch
        {
            SolverParameter.Types.SolverType.Nesterov => "Nesterov",
            SolverParameter.Types.SolverType.Adagrad => "AdaGrad",
            SolverParameter.Types.SolverType.Rmsprop => "RMSProp",
            SolverParameter.Types.SolverType.Adadelta => "AdaDelta",
            SolverParameter.Types.SolverType.Adam => "Adam",
            _ => "SGD",
        };
        solver.ClearSolverType();
    }

    // Unset: the solver's path without its extension; a folder: the solver's name in it.
    private static void SetSnapshotPrefix(SolverParameter solver, string path)
    {
        string stem = Path.GetFileNameWithoutExtension(path);
        if (!solver.HasSnapshotPrefix)
        {
            solver.SnapshotPrefix = Path.Combine(Path.GetDirectoryName(path) ?? "", stem);
        }
        else if (Directory.Exists(solver.SnapshotPrefix))
        {
            solver.SnapshotPrefix = Path.Combine(solver.SnapshotPrefix, stem);
        }
    }
}
