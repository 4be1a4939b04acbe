using Cnn.Engine.Detection;
using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>The checks that apply to every solver type.</summary>
internal static class SolverChecks
{
    /// <summary>Checks the fields that all solver types read.</summary>
    /// <exception cref="CnnException">One is out of range.</exception>
    public static void RequireRanges(SolverContext context)
    {
        SolverParameter definition = context.Definition;
        if (definition.AverageLoss < 1)
        {
            throw context.Error(
                SolverParameter.AverageLossFieldNumber,
                $"average_loss is {definition.AverageLoss}",
                "it must be 1 or more");
        }

        if (definition.IterSize < 1)
        {
            throw context.Error(
                SolverParameter.IterSizeFieldNumber, $"iter_size is {definition.IterSize}", "it must be 1 or more");
        }

        if (definition.RegularizationType is not ("L1" or "L2"))
        {
            throw context.Error(
                SolverParameter.RegularizationTypeFieldNumber,
                $"unknown regularization_type '{definition.RegularizationType}'",
                "the types are L1 and L2");
        }

        if (definition.EvalType is not ("classification" or SolverNets.Detection))
        {
            throw context.Error(
                SolverParameter.EvalTypeFieldNumber,
                $"unknown eval_type '{definition.EvalType}'",
                "the types are classification and detection");
        }

        context.RequireNotNegative(SolverParameter.RunIntervalFieldNumber, definition.RunInterval);
        context.RequireNotNegative(SolverParameter.RunHistogramsFieldNumber, definition.RunHistograms);
        context.RequireNotNegative(SolverParameter.SnapshotKeepFieldNumber, definition.SnapshotKeep);
        if (!AveragePrecision.Versions.Contains(definition.ApVersion))
        {
            throw context.Error(
                SolverParameter.ApVersionFieldNumber,
                $"unknown ap_version '{definition.ApVersion}'",
                $"the versions are {string.Join(", ", AveragePrecision.Versions)}");
        }
    }

    /// <summary>Checks that the passes of an iteration can be shared out over processes.</summary>
    /// <param name="context">The solver's definition.</param>
    /// <param name="net">The training net.</param>
    /// <param name="group">The processes; null for one.</param>
    /// <exception cref="CnnException">
    /// The passes are no multiple of the processes, or a pass of a layer depends on those before it.
    /// </exception>
    public static void RequireShareable(SolverContext context, Net net, ProcessGroup? group)
    {
        int passes = context.Definition.IterSize, size = group?.Size ?? 1;
        if (passes % size != 0)
        {
            var fitting = Enumerable.Range(1, passes).Where(p => passes % p == 0);
            throw context.Error(
                SolverParameter.IterSizeFieldNumber,
                $"iter_size is {passes}, and {size} processes cannot share out {passes} "
                + (passes == 1 ? "pass" : "passes evenly"),
                $"start {string.Join(" or ", fitting)}, or make iter_size a multiple of {size}");
        }

        BatchRun.RequireNoFiles(net, group);
        if (size > 1 && net.Layers.FirstOrDefault(l => l.Layer.DependsOnEarlierPasses) is { } layer)
        {
            throw GraphErrors.At(
                net.Sources.Find(layer.Definition),
                layer.Definition,
                $"a pass of a {layer.Type} layer depends on the pass before it, which another process would compute",
                "train this net in one process");
        }
    }

    /// <summary>Checks the loss of an iteration.</summary>
    /// <exception cref="TrainingException">
    /// It is not finite; the message names the layer that it comes from.
    /// </exception>
    public static void RequireFinite(float loss, int iteration, Net net)
    {
        if (float.IsFinite(loss))
        {
            return;
        }

        NetLayer? culprit = net.FirstNotFinite();
        throw new TrainingException(
            $"iteration {iteration}: the loss is {CaffeNumber.Format(loss)}; "
            + (culprit is null
                ? "every blob is finite, so the weighted sum of the losses overflowed"
                : $"the first layer whose output is not finite is '{culprit.Name}' ({culprit.Layer.Type})")
            + "; a smaller base_lr or clip_gradients may help");
    }
}
