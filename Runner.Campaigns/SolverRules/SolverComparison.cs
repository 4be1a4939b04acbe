using Cnn.Campaigns.References;
using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.SolverRules;

/// <summary>Runs a drawn solver beside the plain one, which gets the same gradients.</summary>
internal sealed class SolverComparison
{
    /// <summary>The number of steps of a case.</summary>
    public const int Steps = 1000;

    // The share of a weight by which it may differ besides what rounding explains, and that of a rate or loss.
    private const double Tolerance = 1e-5, RateTolerance = 1e-6;

    // The bound of rounding is one of first order, for operations one by one; a fused product and sum has less.
    private const double Reserve = 2;

    // Of weights around 1; where bounds were larger, the comparison would tell little.
    private const double LooseBound = 1e-4;

    private readonly CampaignCase campaignCase;
    private readonly WorkerPool pool;
    private readonly NoisyQuadratic objective;
    private readonly SolverParameter definition;
    private readonly LayerParameter layer = new()
    {
        Name = "objective",
        Type = NoisyQuadraticLayer.TypeName,
        Top = { "loss" },
    };


    private readonly Queue<double> losses = new();

    /// <param name="type">The solver type.</param>
    /// <param name="campaignCase">Draws the rest.</param>
    /// <param name="pool">The threads that the solver computes with.</param>
    public SolverComparison(string type, CampaignCase campaignCase, WorkerPool pool)
    {
        (this.campaignCase, this.pool) = (campaignCase, pool);
        PhiloxRandom random = campaignCase.Random;
        objective = new NoisyQuadratic(random);
        definition = SolverDraw.Draw(random, type, Steps);
        layer.Param.Add(objective.Sizes.Select(_ => new ParamSpec
        {
            LrMult = random.Pick(1, 1, 0.5f, 2, 0),
            DecayMult = random.Pick(1, 1, 0, 2),
        }));
    }

    /// <summary>The case in one line.</summary>
    public string Description =>
        $"{pool.ThreadCount} threads, parameters of {string.Join(' ', objective.Sizes)}, {layer.Param}, "
        + $"solver {definition}";

    /// <summary>Runs all steps.</summary>
    /// <exception cref="ReferenceMismatchException">A rate, a loss or a weight differs.</exception>
    public void Run()
    {
        SolverParameter message = definition.Clone();
        message.NetParam = new NetParameter { Name = "quadratic", Layer = { layer } };
        var layers = new LayerRegistry();
        NoisyQuadraticLayer? objectiveLayer = null;
        layers.Add(NoisyQuadraticLayer.TypeName, c => objectiveLayer = new NoisyQuadraticLayer(c, objective));
        var options = new SolverOptions { Layers = layers, Pool = pool };
        using var solver = new Solver(new SolverDefinition(message), options);
        var plain = new PlainSolver(definition, layer.Param, objectiveLayer!.Blobs.Select(b => Values(b)));
        var rates = new PlainRate(definition);
        TrainingProgress progress = default;
        solver.Progressed += p => progress = p;
        for (int step = 1; step <= Steps; step++)
        {
            solver.Step();
            CompareLoss(step, progress);
            double rate = rates.At(step - 1, progress.Loss);

            // A rate may fall so far that single precision has few digits left for it.
            double allowed = (RateTolerance * Math.Abs(rate)) + float.Epsilon;
            Require($"the rate of step {step}", progress.LearningRate, rate, allowed);
            plain.Step([.. objective.Sizes.Select((_, i) => objectiveLayer.TakeGradient(i))], rate, step);
            for (int i = 0; i < objective.Sizes.Length; i++)
            {
                Compare(step, i, objectiveLayer.Blobs[i], plain.Weights[i]);
            }
        }

        campaignCase.Count("steps", Steps);
        campaignCase.Count("weights compared", (long)Steps * objective.Sizes.Sum());
    }

    private static double[] Values(Blob blob) => [.. blob.Data.ToArray().Select(v => (double)v)];

    // The running mean that is shown; it is updated in single precision, whose errors add up.
    private void CompareLoss(int step, TrainingProgress progress)
    {
        losses.Enqueue(progress.IterationLoss);
        if (losses.Count > definition.AverageLoss)
        {
            losses.Dequeue();
        }

        double allowed = (1 + step) * RoundedVector.Unit * 4 * Math.Max(1, losses.Max(Math.Abs));
        Require($"the smoothed loss of step {step}", progress.Loss, losses.Average(), allowed);
    }

    private void Compare(int step, int parameter, Blob blob, RoundedVector expected)
    {
        campaignCase.Count("weights with a loose bound", expected.Error.Count(e => e > LooseBound));
        for (int k = 0; k < blob.Count; k++)
        {
            double value = expected.Value[k];
            double allowed = (Tolerance * Math.Abs(value)) + (Reserve * expected.Error[k]);
            Require($"weight {k} of parameter {parameter} after step {step}", blob.Data[k], value, allowed);
        }
    }

    private static void Require(string what, double actual, double expected, double allowed)
    {
        if (!(Math.Abs(actual - expected) <= allowed))
        {
            throw new ReferenceMismatchException(
                $"{what} is {actual:R}, the plain rule gives {expected:R} (allowed {allowed:G2})");
        }
    }
}
