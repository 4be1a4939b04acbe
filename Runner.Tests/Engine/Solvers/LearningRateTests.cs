using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public class LearningRateTests
{
    [Theory]
    [InlineData("fixed", 0, 0.5)]
    [InlineData("fixed", 1000, 0.5)]
    [InlineData("step", 9, 0.5)]
    [InlineData("step", 10, 0.05)]
    [InlineData("step", 25, 0.005)]
    [InlineData("exp", 3, 0.0005)]
    [InlineData("inv", 20, 0.5 / 9)]
    [InlineData("poly", 0, 0.5)]
    [InlineData("poly", 50, 0.125)]
    [InlineData("poly", 100, 0)]
    [InlineData("sigmoid", 10, 0.25)]
    [InlineData("cosine", 0, 0.5)]
    [InlineData("cosine", 50, 0.25)]
    [InlineData("cosine", 100, 0)]
    public void RatesFollowThePolicysFormula(string policy, int iteration, double expected)
    {
        LearningRate rate = Rate(policy);
        Assert.Equal(expected, rate.At(iteration, out _), 1e-6);
    }

    [Theory]
    [InlineData("fixed", 0, 0.5 * 0.325)]
    [InlineData("fixed", 3, 0.5)]
    [InlineData("fixed", 4, 0.5)]
    [InlineData("cosine", 3, 0.5)]
    [InlineData("cosine", 4, 0.5)]
    [InlineData("cosine", 52, 0.3)]
    [InlineData("cosine", 100, 0.1)]
    public void WarmingUpRisesInALineToThePolicysRate(string policy, int iteration, double expected)
    {
        SolverParameter definition = Definition(policy);
        (definition.WarmupIter, definition.WarmupStart, definition.MinLr) = (4, 0.1f, 0.1f);
        Assert.Equal(expected, new LearningRate(definition, new SourceMap()).At(iteration, out _), 1e-6);
    }

    // base_lr / (1 + exp(-gamma (iter - stepsize))), which falls where gamma is below 0.
    [Theory]
    [InlineData(0, 0.0731059)]
    [InlineData(1, 0.0622459)]
    [InlineData(2, 0.05)]
    [InlineData(3, 0.0377541)]
    public void ASigmoidWithGammaBelowZeroFalls(int iteration, double expected)
    {
        var definition = new SolverParameter { LrPolicy = "sigmoid", BaseLr = 0.1f, Gamma = -0.5f, Stepsize = 2 };
        Assert.Equal(expected, new LearningRate(definition, new SourceMap()).At(iteration, out _), 1e-7);
    }

    [Theory]
    [InlineData(0, 0, 0.05)]
    [InlineData(0, 4, 0.0119203)]
    [InlineData(-2, 0, 0.0268941)]
    public void TheMiddleOfASigmoidMayBeAtTheStartOrBefore(int stepsize, int iteration, double expected)
    {
        var definition = new SolverParameter
        {
            LrPolicy = "sigmoid", BaseLr = 0.1f, Gamma = -0.5f, Stepsize = stepsize,
        };
        Assert.Equal(expected, new LearningRate(definition, new SourceMap()).At(iteration, out _), 1e-7);
    }

    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(1, 6, 0.2)]
    [InlineData(-1, 6, 1.25)]
    public void InvWithGammaBelowZeroIsTakenWhereItsBaseStaysAboveZero(float decay, int iteration, double expected)
    {
        var definition = new SolverParameter
        {
            LrPolicy = "inv", BaseLr = 0.5f, Gamma = -0.1f, Power = -decay, MaxIter = 10,
        };
        Assert.Equal(expected, new LearningRate(definition, new SourceMap()).At(iteration, out _), 1e-6);
    }

    [Theory]
    [InlineData("step", -0.5f, "gamma is -0.5; lr_policy step needs 0 or more")]
    [InlineData("exp", -0.5f, "gamma is -0.5; lr_policy exp needs 0 or more")]
    [InlineData("multistep", -0.5f, "gamma is -0.5; lr_policy multistep needs 0 or more")]
    [InlineData("exp", float.NaN, "gamma is NaN")]
    [InlineData("sigmoid", float.NaN, "gamma is NaN; give a finite number")]
    [InlineData("inv", float.NegativeInfinity, "gamma is -Infinity; give a finite number")]
    [InlineData("inv", -0.25f, "gamma is -0.25; lr_policy inv needs 1 + gamma * iter above 0 up to max_iter, "
        + "which it is not from iteration 4 on")]
    public void AGammaThatGivesNoSensibleRatesIsRefused(string policy, float gamma, string expected)
    {
        SolverParameter definition = Definition(policy);
        definition.Gamma = gamma;
        var error = Assert.Throws<CnnException>(() => new LearningRate(definition, new SourceMap()));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MultistepRisesByAtMostOneStepAnIteration()
    {
        var definition = Definition("multistep");
        definition.Stepvalue.Add([2, 2, 4]);
        var rate = new LearningRate(definition, new SourceMap());
        float[] rates = [.. Enumerable.Range(0, 6).Select(i => rate.At(i, out _))];
        Assert.Equal([0.5f, 0.5f, 0.05f, 0.005f, 0.0005f, 0.0005f], rates, (a, b) => Math.Abs(a - b) < 1e-7f);
        Assert.Equal(3, rate.CurrentStep);
    }

    [Fact]
    public void PlateauFallsWhenTheLossHasNoNewMinimumForAWindow()
    {
        var definition = Definition("plateau");
        definition.PlateauWinsize.Add([3, 2]);
        var rate = new LearningRate(definition, new SourceMap());

        // Least at 1; falls at 4 (3 later); least again at 5; falls at 7 (2 later); the list is used up.
        float[] losses = [5, 4, 4, 4.5f, 4, 3, 3, 3, 3, 3, 3];
        float[] rates = [.. losses.Select((loss, i) => rate.At(i, out _, loss))];

        Assert.Equal(
            [0.5f, 0.5f, 0.5f, 0.5f, 0.05f, 0.05f, 0.05f, 0.005f, 0.005f, 0.005f, 0.005f],
            rates,
            (a, b) => Math.Abs(a - b) < 1e-7f);
        Assert.Equal((2, 3f, 7), (rate.CurrentStep, rate.Plateau!.MinimumLoss, rate.Plateau.IterLastEvent));
    }

    [Fact]
    public void MultifixedHoldsEachRateToItsLastIteration()
    {
        var definition = Definition("multifixed");
        definition.Stagelr.Add([0.1f, 0.2f, 0.3f]);
        definition.Stageiter.Add([1, 3, 4]);
        var rate = new LearningRate(definition, new SourceMap());

        Assert.Equal(
            [0.1f, 0.1f, 0.2f, 0.2f, 0.3f, 0.3f, 0.3f], Enumerable.Range(0, 7).Select(i => rate.At(i, out _)));
    }

    [Theory]
    [InlineData("plateau", "plateau_winsize is missing; lr_policy plateau needs it once a fall of the rate")]
    [InlineData("multifixed", "stagelr is given 0 times and stageiter 0 times; lr_policy multifixed needs both")]
    public void APolicyOfAForkAsksForItsFields(string policy, string expected) => Assert.StartsWith(
        expected, Assert.Throws<CnnException>(() => Rate(policy)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("stepp", "unknown lr_policy 'stepp'; did you mean 'step'?")]
    [InlineData("", "lr_policy is missing")]
    public void AnUnknownPolicyIsAnErrorThatNamesTheValidOnes(string policy, string expected)
    {
        var error = Assert.Throws<CnnException>(() => Rate(policy));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static LearningRate Rate(string policy) => new(Definition(policy), new SourceMap());

    private static SolverParameter Definition(string policy) => new()
    {
        LrPolicy = policy,
        BaseLr = 0.5f,
        Gamma = policy == "inv" ? 0.1f : policy == "sigmoid" ? 1f : 0.1f,
        Power = 2,
        Stepsize = 10,
        MaxIter = 100,
    };
}
