namespace Cnn.Proto;

/// <summary>Upgrades a solver of an older format to the current one, along with the nets inside it.</summary>
public static class SolverUpgrade
{
    /// <summary>
    /// Upgrades a solver in place: <c>solver_type</c> becomes <c>type</c>, nets within are upgraded (Caffe leaves those
    /// as they are, and then finds no layers), and a missing or directory <c>snapshot_prefix</c> is completed from the
    /// file's name.
    /// </summary>
    /// <param name="solver">The solver.</param>
    /// <param name="sources">Where it was written.</param>
    /// <param name="path">The solver's file, for the snapshot prefix; null when there is none.</param>
    /// <param name="warnings">Receives what was dropped; see <see cref="NetUpgrade.Upgrade"/>.</param>
    /// <exception cref="CnnException">The solver cannot be upgraded; the exception carries all the reasons.</exception>
    public static SolverParameter Upgrade(
        SolverParameter solver, SourceMap sources, string? path, ICollection<Diagnostic>? warnings = null)
    {
        ArgumentNullException.ThrowIfNull(solver);
        ArgumentNullException.ThrowIfNull(sources);
        var errors = new List<Diagnostic>();
        UpgradeType(solver, sources, errors);
        solver.NetParam = Net(solver.NetParam);
        solver.TrainNetParam = Net(solver.TrainNetParam);
        for (int i = 0; i < solver.TestNetParam.Count; i++)
        {
            solver.TestNetParam[i] = Net(solver.TestNetParam[i])!;
        }

        if (errors.Count > 0)
        {
            throw new CnnException(errors);
        }

        if (path is not null)
        {
            CompletePrefix(solver, path);
        }

        return solver;

        NetParameter? Net(NetParameter? net)
        {
            try
            {
                return net is null ? null : NetUpgrade.Upgrade(net, sources, warnings);
            }
            catch (CnnException exception)
            {
                errors.AddRange(exception.Diagnostics);
                return net;
            }
        }
    }

    /// <summary>Whether a solver, or a net within, has anything of an older format in it.</summary>
    internal static bool IsNeeded(SolverParameter solver) =>
        solver.HasSolverType
        || solver.TestNetParam.Append(solver.NetParam).Append(solver.TrainNetParam)
            .Any(net => net is not null && NetUpgrade.IsNeeded(net));

    private static void UpgradeType(SolverParameter solver, SourceMap sources, List<Diagnostic> errors)
    {
        if (!solver.HasSolverType)
        {
            return;
        }

        SourceLocation? at = sources.Find(solver, SolverParameter.SolverTypeFieldNumber);
        if (solver.HasType)
        {
            errors.Add(new Diagnostic(
                "the solver has both 'type' and 'solver_type'", at, "'solver_type' is the old form; remove it"));
            return;
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
        FieldMove.Record(solver, SolverParameter.TypeFieldNumber, 0, at, sources);
    }

    private static void CompletePrefix(SolverParameter solver, string path)
    {
        if (!solver.HasSnapshotPrefix)
        {
            solver.SnapshotPrefix = Path.ChangeExtension(path, null);
        }
        else if (Directory.Exists(solver.SnapshotPrefix))
        {
            solver.SnapshotPrefix = Path.Combine(solver.SnapshotPrefix, Path.GetFileNameWithoutExtension(path));
        }
    }
}
