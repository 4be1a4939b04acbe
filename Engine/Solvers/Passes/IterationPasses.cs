using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Runs the passes of an iteration, those of this process, and leaves the sums over all passes in the parameters'
/// gradients.
/// </summary>
internal sealed class IterationPasses : IDisposable
{
    private readonly Net net;
    private readonly PassBlock block;
    private readonly PassGradients? gradients;
    private readonly IterationFigures? figures;
    private readonly ProcessGroup? group;

    /// <summary>Prepares for a net.</summary>
    /// <param name="net">The training net.</param>
    /// <param name="passes">The passes of an iteration; a multiple of the number of processes.</param>
    /// <param name="group">The processes, two or more; null for one.</param>
    /// <param name="pool">The threads.</param>
    public IterationPasses(Net net, int passes, ProcessGroup? group, WorkerPool pool)
    {
        (this.net, this.group) = (net, group);
        block = PassBlock.Of(passes, group?.Rank ?? 0, group?.Size ?? 1);
        net.Clock.Share = block.Share;
        if (passes > 1)
        {
            gradients = new PassGradients(net, block, group, pool);
        }

        if (group is not null)
        {
            figures = new IterationFigures(net, block, group);
        }
    }

    /// <summary>How long the training has waited for other processes so far.</summary>
    public TimeSpan Waited => gradients?.Waited ?? TimeSpan.Zero;

    /// <summary>Runs the passes of an iteration.</summary>
    /// <param name="first">The number of the iteration's first pass in the training.</param>
    /// <param name="ask">Returns what this process asks of all, as late in the iteration as can be.</param>
    /// <param name="requests">Receives what any process asks; nothing where there is one process.</param>
    /// <returns>The sum of the passes' losses, added in the order of passes.</returns>
    public float Run(long first, Func<GroupRequests> ask, out GroupRequests requests)
    {
        // The program may run the net between iterations.
        net.LayerWentBackward = gradients?.LayerDone;
        float loss;
        try
        {
            loss = RunOwn(first, ask);
            gradients?.Complete();
        }
        finally
        {
            net.LayerWentBackward = null;
        }

        if (gradients is not null)
        {
            net.LogTotals();
        }

        requests = GroupRequests.None;
        return figures is null ? loss : Receive(figures, out requests);
    }

    /// <summary>Runs a pass forward alone, which every process does.</summary>
    /// <param name="pass">The number of the pass.</param>
    /// <returns>Its loss.</returns>
    public float Forward(long pass)
    {
        net.Clock.Pass = pass;
        float loss = net.Forward();
        figures?.AddOwn();
        return loss;
    }

    /// <summary>
    /// Checks the loss of an iteration; in every process, for an error of one is an error of all.
    /// </summary>
    /// <exception cref="TrainingException">It is not finite.</exception>
    public void RequireFinite(float loss, int iteration)
    {
        if (group is null)
        {
            SolverChecks.RequireFinite(loss, iteration, net);
        }
        else if (!float.IsFinite(loss))
        {
            RefuseTogether(group, loss, iteration);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gradients?.Dispose();
        figures?.Dispose();
    }

    // Returns the sum of the losses of this process's passes.
    private float RunOwn(long first, Func<GroupRequests> ask)
    {
        float loss = 0;
        for (int pass = 0; pass < block.Count; pass++)
        {
            net.Clock.Pass = first + block.First + pass;
            if (gradients is null)
            {
                net.ClearParameterDiffs();
            }
            else
            {
                gradients.BeginPass(pass);
            }

            float mine = net.Forward();
            loss += mine;
            figures?.Keep(pass, mine);
            if (pass == block.Count - 1)
            {
                figures?.Send(ask());
            }

            net.Backward();
        }

        // Where the clock of one process stands.
        net.Clock.Pass = first + block.Passes;
        return loss;
    }

    private void RefuseTogether(ProcessGroup processes, float loss, int iteration) => processes.Together(() =>
    {
        if (figures!.HasFault(block))
        {
            SolverChecks.RequireFinite(loss, iteration, net);
        }
    });

    private static float Receive(IterationFigures figures, out GroupRequests requests)
    {
        requests = figures.Receive();
        float sum = 0;
        foreach (float loss in figures.Losses)
        {
            sum += loss;
        }

        return sum;
    }
}
