using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Computes the learning rate of an iteration by the policy in the solver's definition.</summary>
internal sealed class LearningRate
{
    private static readonly string[] Policies =
        ["fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid", "cosine", "plateau", "multifixed"];

    private readonly SolverParameter definition;
    private readonly Plateau plateau;

    /// <exception cref="CnnException">The policy is unknown or one of its parameters is out of range.</exception>
    public LearningRate(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        plateau = new Plateau(definition.PlateauWinsize);
        string policy = definition.LrPolicy;
        if (!Policies.Contains(policy))
        {
            throw Error(
                SolverParameter.LrPolicyFieldNumber,
                policy.Length == 0 ? "lr_policy is missing" : $"unknown lr_policy '{policy}'",
                Suggestion.For(policy, Policies) ?? $"the policies are {string.Join(", ", Policies)}");
        }

        RequireGamma();
        if (policy is "step" && definition.Stepsize <= 0)
        {
            throw Error(
                SolverParameter.StepsizeFieldNumber,
                $"stepsize is {definition.Stepsize}",
                "lr_policy step needs 1 or more");
        }

        if (policy is "poly" or "cosine" && definition.MaxIter <= 0)
        {
            throw Error(SolverParameter.MaxIterFieldNumber, "max_iter is missing", $"lr_policy {policy} needs it");
        }

        if (policy is "plateau" && (definition.PlateauWinsize.Count == 0 || definition.PlateauWinsize.Any(w => w < 1)))
        {
            throw Error(
                SolverParameter.PlateauWinsizeFieldNumber,
                definition.PlateauWinsize.Count == 0 ? "plateau_winsize is missing" : "a plateau_winsize is below 1",
                "lr_policy plateau needs it once a fall of the rate, in iterations");
        }

        int rates = definition.Stagelr.Count;
        if (policy is "multifixed" && (rates == 0 || rates != definition.Stageiter.Count))
        {
            throw Error(
                SolverParameter.StagelrFieldNumber,
                $"stagelr is given {rates} times and stageiter {definition.Stageiter.Count} times",
                "lr_policy multifixed needs both, as many of one as of the other");
        }

        if (definition.WarmupIter < 0)
        {
            throw Error(
                SolverParameter.WarmupIterFieldNumber,
                $"warmup_iter is {definition.WarmupIter}",
                "it must be 0 or more");
        }

        // Refuses only values that give meaningless rates: Caffe 1.0 checks nothing here.
        void RequireGamma()
        {
            float gamma = definition.Gamma;
            if (policy is "step" or "exp" or "multistep" or "plateau" && !(gamma >= 0))
            {
                throw Error(
                    SolverParameter.GammaFieldNumber,
                    $"gamma is {gamma}",
                    $"lr_policy {policy} needs 0 or more, since the rate's sign would change with its powers");
            }

            if (policy is "inv" or "sigmoid" && !float.IsFinite(gamma))
            {
                throw Error(SolverParameter.GammaFieldNumber, $"gamma is {gamma}", "give a finite number");
            }

            if (policy is "inv" && !(1 + ((double)gamma * Math.Max(0, definition.MaxIter - 1L)) > 0))
            {
                throw Error(
                    SolverParameter.GammaFieldNumber,
                    $"gamma is {gamma}",
                    "lr_policy inv needs 1 + gamma * iter above 0 up to max_iter, "
                    + $"which it is not from iteration {Math.Ceiling(-1.0 / gamma)} on");
            }
        }

        CnnException Error(int field, string message, string hint) =>
            new(new Diagnostic(message, sources.Find(definition, field), hint));
    }

    /// <summary>The current step of the multistep and plateau policies; part of a snapshot.</summary>
    public int CurrentStep { get; set; }

    /// <summary>Where the plateau policy stands, part of a snapshot; null for other policies.</summary>
    public PlateauState? Plateau
    {
        get => definition.LrPolicy == "plateau" ? plateau.State : null;
        set => plateau.State = value ?? plateau.State;
    }

    /// <summary>Returns the rate of iteration <paramref name="iteration"/> (updates done so far).</summary>
    /// <param name="iteration">From 0.</param>
    /// <param name="stepped">
    /// Whether the multistep or plateau policy has just advanced; it does so at most once per iteration.
    /// </param>
    /// <param name="loss">The smoothed loss of the iteration, for the plateau policy.</param>
    public float At(int iteration, out bool stepped, float loss = 0)
    {
        float rate = OfPolicy(iteration, loss, out stepped);
        if (iteration >= definition.WarmupIter)
        {
            return rate;
        }

        double share = (iteration + 1.0) / definition.WarmupIter;
        return (float)(rate * (definition.WarmupStart + ((1 - definition.WarmupStart) * share)));
    }

    private float OfPolicy(int iteration, float loss, out bool stepped)
    {
        stepped = false;
        double rate = definition.BaseLr, gamma = definition.Gamma, power = definition.Power;
        switch (definition.LrPolicy)
        {
            case "step":
                CurrentStep = iteration / definition.Stepsize;
                return (float)(rate * Math.Pow(gamma, CurrentStep));
            case "exp":
                return (float)(rate * Math.Pow(gamma, iteration));
            case "inv":
                return (float)(rate * Math.Pow(1 + (gamma * iteration), -power));
            case "multistep":
                if (CurrentStep < definition.Stepvalue.Count && iteration >= definition.Stepvalue[CurrentStep])
                {
                    CurrentStep++;
                    stepped = true;
                }

                return (float)(rate * Math.Pow(gamma, CurrentStep));
            case "plateau":
                stepped = plateau.Falls(iteration, loss, CurrentStep);
                CurrentStep += stepped ? 1 : 0;
                return (float)(rate * Math.Pow(gamma, CurrentStep));
            case "multifixed":
                int stage = 0;
                while (stage < definition.Stagelr.Count - 1 && iteration > definition.Stageiter[stage])
                {
                    stage++;
                }

                return definition.Stagelr[stage];
            case "poly":
                return (float)(rate * Math.Pow(1 - ((double)iteration / definition.MaxIter), power));
            case "cosine":
                double length = Math.Max(1, definition.MaxIter - definition.WarmupIter);
                double done = (iteration - definition.WarmupIter) / length;
                double height = (1 + Math.Cos(Math.PI * Math.Clamp(done, 0, 1))) / 2;
                return (float)(definition.MinLr + ((rate - definition.MinLr) * height));
            case "sigmoid":
                return (float)(rate / (1 + Math.Exp(-gamma * (iteration - definition.Stepsize))));
            default:
                return (float)rate;
        }
    }
}
