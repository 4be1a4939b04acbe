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
