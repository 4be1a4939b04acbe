using Cnn.Proto;

namespace Cnn.Campaigns.SolverRules;

/// <summary>The learning rate by its policy, from the formula.</summary>
internal sealed class PlainRate(SolverParameter solver)
{
    private int step;
    private int lastEvent;
    private double leastLoss = double.PositiveInfinity;

    /// <summary>Returns the rate of an iteration, from 0; called once for each.</summary>
    /// <param name="iteration">The iteration.</param>
    /// <param name="loss">The smoothed loss, for the plateau policy.</param>
    public double At(int iteration, double loss)
    {
        double rate = OfPolicy(iteration, loss);
        if (iteration >= solver.WarmupIter)
        {
            return rate;
        }

        // From the share that warming up starts from in a line to all of the rate, which the last such iteration has.
        double way = (iteration + 1.0) / solver.WarmupIter;
        return rate * (solver.WarmupStart + (way * (1 - solver.WarmupStart)));
    }

    private double OfPolicy(int i, double loss)
    {
        double rate = solver.BaseLr, gamma = solver.Gamma;
        switch (solver.LrPolicy)
        {
            case "fixed":
                return rate;
            case "step":
                return rate * Math.Pow(gamma, Math.Floor((double)i / solver.Stepsize));
            case "exp":
                return rate * Math.Pow(gamma, i);
            case "inv":
                return rate * Math.Pow(1 + (gamma * i), -solver.Power);
            case "multistep":
                step += step < solver.Stepvalue.Count && i >= solver.Stepvalue[step] ? 1 : 0;
                return rate * Math.Pow(gamma, step);
            case "poly":
                return rate * Math.Pow(1 - ((double)i / solver.MaxIter), solver.Power);
            case "sigmoid":
                return rate / (1 + Math.Exp(-gamma * (i - solver.Stepsize)));
            case "cosine":
                double share = Math.Clamp((double)(i - solver.WarmupIter) / (solver.MaxIter - solver.WarmupIter), 0, 1);
                return solver.MinLr + ((rate - solver.MinLr) * (1 + Math.Cos(Math.PI * share)) / 2);
            case "multifixed":
                int stage = solver.Stageiter.TakeWhile(last => i > last).Count();
                return solver.Stagelr[Math.Min(stage, solver.Stagelr.Count - 1)];
            case "plateau":
                return rate * Math.Pow(gamma, PlateauStep(i, loss));
            default:
                throw new NotSupportedException($"the policy {solver.LrPolicy} has no plain formula to compare with");
        }
    }

    private int PlateauStep(int i, double loss)
    {
        if (loss < leastLoss)
        {
            (leastLoss, lastEvent) = (loss, i);
        }

        if (step < solver.PlateauWinsize.Count && i - lastEvent >= solver.PlateauWinsize[step])
        {
            step++;
            lastEvent = i;
        }

        return step;
    }
}
