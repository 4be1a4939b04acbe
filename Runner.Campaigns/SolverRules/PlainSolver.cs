using Cnn.Proto;
using MathNet.Numerics.LinearAlgebra;

namespace Cnn.Campaigns.SolverRules;

/// <summary>The update of a solver in double precision: clip, normalise, regularise, step.</summary>
internal sealed class PlainSolver
{
    private readonly SolverParameter solver;
    private readonly IReadOnlyList<ParamSpec> multipliers;
    private readonly IPlainRule[] rules;

    /// <param name="solver">The definition.</param>
    /// <param name="multipliers">The multipliers of each parameter.</param>
    /// <param name="weights">The first weights of each parameter.</param>
    public PlainSolver(SolverParameter solver, IReadOnlyList<ParamSpec> multipliers, IEnumerable<double[]> weights)
    {
        (this.solver, this.multipliers) = (solver, multipliers);
        Weights = [.. weights.Select(RoundedVector.Exact)];
        rules = [.. Weights.Select(w => PlainRules.Create(solver, w.Value.Count))];
    }

    /// <summary>The weights of each parameter.</summary>
    public RoundedVector[] Weights { get; }

    /// <summary>Updates the weights.</summary>
    /// <param name="gradients">The sums of the gradients of the iteration's passes, and of their magnitudes.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="step">The number of the step, from 1.</param>
    public void Step(IReadOnlyList<(double[] Sum, double[] Magnitude)> gradients, double rate, int step)
    {
        double norm = Math.Sqrt(gradients.Sum(g => g.Sum.Sum(v => v * v))), limit = solver.ClipGradients;
        double factor = (limit >= 0 && norm > limit ? limit / norm : 1) / solver.IterSize;
        int count = gradients.Sum(g => g.Sum.Length);
        for (int i = 0; i < rules.Length; i++)
        {
            // The passes are added up in single precision, and so are the squares of the norm.
            var sum = new RoundedVector(
                Vector<double>.Build.DenseOfArray(gradients[i].Sum),
                Vector<double>.Build.DenseOfArray(gradients[i].Magnitude) * (solver.IterSize * RoundedVector.Unit));
            RoundedVector gradient = (sum * factor).WithError(limit >= 0 ? count * RoundedVector.Unit : 0);
            double decay = solver.WeightDecay * multipliers[i].DecayMult;
            if (decay != 0 && rules[i].AddsDecayToGradient)
            {
                gradient += (solver.RegularizationType == "L1" ? Weights[i].Sign() : Weights[i]) * decay;
            }

            Weights[i] -= rules[i].Step(gradient, Weights[i], rate * multipliers[i].LrMult, decay, step);
        }
    }
}
