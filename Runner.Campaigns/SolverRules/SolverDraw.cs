using Cnn.Campaigns.References;
using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.SolverRules;

/// <summary>Draws solvers with which the objective goes down.</summary>
internal static class SolverDraw
{
    private static readonly string[] Policies =
        ["fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid", "cosine", "plateau", "multifixed"];

    /// <summary>Draws the definition of a solver of a type, without its net.</summary>
    public static SolverParameter Draw(PhiloxRandom random, string type, int steps)
    {
        bool isPlain = type is "SGD" or "Nesterov";
        var solver = new SolverParameter
        {
            Type = type,
            MaxIter = steps,
            RandomSeed = random.Next(1000),
            BaseLr = type == "AdaDelta" ? random.Between(0.3f, 1.5f) : random.Between(0.001f, isPlain ? 0.03f : 0.02f),
            SnapshotAfterTrain = false,
        };
        if (type is not ("AdaGrad" or "RMSProp"))
        {
            random.Maybe(() => solver.Momentum = random.Pick(0, 0.5f, 0.9f, 0.95f, 0.99f));
        }

        random.Maybe(() => solver.Momentum2 = random.Pick(0.9f, 0.99f, 0.9999f));
        random.Maybe(() => solver.RmsDecay = random.Pick(0.5f, 0.9f, 0.95f));
        random.Maybe(() => solver.Delta = random.Pick(1e-8f, 1e-6f, 1e-4f, 0.1f));
        random.Maybe(() => solver.WeightDecay = random.Pick(0.0005f, 0.01f, 0.1f));
        random.Maybe(() => solver.IterSize = random.Between(1, 4));
        random.Maybe(() => solver.ClipGradients = random.Pick(0.1f, 1, 3, 10));
        random.Maybe(() => solver.AverageLoss = random.Between(1, 20));
        random.Maybe(() => solver.RegularizationType = type == "AdamW" || random.Chance(0.4) ? "L2" : "L1");
        if (random.Chance(0.3))
        {
            solver.WarmupIter = random.Between(1, steps / 3);
            random.Maybe(() => solver.WarmupStart = random.NextSingle());
        }

        SetPolicy(random, solver, steps);
        return solver;
    }

    private static void SetPolicy(PhiloxRandom random, SolverParameter solver, int steps)
    {
        solver.LrPolicy = random.Pick<string>(Policies);
        switch (solver.LrPolicy)
        {
            case "step":
                (solver.Stepsize, solver.Gamma) = (random.Between(1, steps / 2), random.Between(0.1f, 1));
                break;
            case "exp":
                solver.Gamma = random.Between(0.99f, 1);
                break;
            case "inv":
                (solver.Gamma, solver.Power) = (random.Between(0, 0.1f), random.Between(0.2f, 1.5f));
                break;
            case "multistep":
                solver.Gamma = random.Between(0.1f, 1);
                solver.Stepvalue.Add(Enumerable.Range(0, random.Between(1, 4)).Select(_ => random.Next(steps)).Order());
                break;
            case "poly":
                solver.Power = random.Between(0.3f, 2);
                break;
            case "sigmoid":
                (solver.Stepsize, solver.Gamma) = (random.Between(1, steps), random.Between(-0.05f, 0.05f));
                break;
            case "cosine":
                random.Maybe(() => solver.MinLr = solver.BaseLr * random.NextSingle());
                break;
            case "plateau":
                solver.Gamma = random.Between(0.1f, 1);
                solver.PlateauWinsize.Add(Enumerable.Range(0, random.Between(1, 5)).Select(_ => random.Between(1, 60)));
                break;
            case "multifixed":
                int stages = random.Between(1, 4);
                float rate = solver.BaseLr;
                solver.Stagelr.Add(Enumerable.Range(0, stages).Select(_ => random.Between(rate / 10, rate)));
                solver.Stageiter.Add(Enumerable.Range(0, stages).Select(_ => random.Next(steps)).Order());
                break;
        }
    }
}
