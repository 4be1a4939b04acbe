using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class SolverSettingsTests
{
    // A message that comes first begins where the file does.
    [Fact]
    public void TheyComeInTheOrderOfTheFileAndThoseOfTheCommandLineLast()
    {
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            """
            early_stopping { output: 'loss' }
            stepvalue: 30 max_iter: 5
            base_lr: 0.5
            """,
            "solver.prototxt",
            sources);
        definition.Display = 3;

        Assert.Equal(
            [
                new RunSetting("early_stopping.output", "loss"),
                new RunSetting("stepvalue", "30"),
                new RunSetting("max_iter", "5"),
                new RunSetting("base_lr", "0.5"),
                new RunSetting("display", "3"),
            ],
            SolverSettings.Of(definition, sources));
    }

    [Fact]
    public void OfADefinitionWithoutAFileTheyComeInTheOrderOfTheirNumbers()
    {
        var definition = new SolverParameter
        {
            MaxIter = 5, Run = "here", BaseLr = 0.5f, NetParam = new NetParameter(),
        };

        Assert.Equal(
            [new RunSetting("base_lr", "0.5"), new RunSetting("max_iter", "5")],
            SolverSettings.Of(definition, new SourceMap()));
    }
}
