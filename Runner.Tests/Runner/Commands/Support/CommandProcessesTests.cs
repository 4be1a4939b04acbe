using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Runner;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Commands.Support;

/// <summary>How a command ends in several processes, here ranks that are threads.</summary>
[Trait("Category", "Unit")]
public class CommandProcessesTests
{
    [Fact]
    public void AnErrorOfOneRankNamesItAndEndsTheOthers()
    {
        CommandLine[] ranks = Run(3, processes =>
        {
            AllHaveBegun(processes);
            if (processes.Group!.Rank == 2)
            {
                throw new TrainingException("the sun went down");
            }

            processes.Group.Gather([1]);
            return 0;
        });

        Assert.Equal((2, "cnn: rank 2: the sun went down"), (ranks[2].ExitCode, ranks[2].Error.TrimEnd()));
        Assert.Equal(["", ""], ranks[..2].Select(r => r.Error));
        Assert.All(ranks[..2], r => Assert.NotEqual(0, r.ExitCode));
    }

    [Fact]
    public void AMistakeOfOneRankIsMarkedWithPlaceAndAll()
    {
        var mistake = new CnnException(new Diagnostic("this is wrong", new SourceLocation("net.prototxt", 3, 4)));

        CommandLine[] ranks = Run(
            2, processes => processes.IsRoot ? processes.Group!.Gather([]).Length : throw mistake);

        Assert.Equal(
            (1, "cnn: rank 1: net.prototxt:3:4: this is wrong"), (ranks[1].ExitCode, ranks[1].Error.TrimEnd()));
    }

    [Fact]
    public void WhatFailsTogetherIsToldByRankZero()
    {
        CommandLine[] ranks = Run(2, processes => processes.Together<int>(
            () => throw new CnnException("this is wrong for all")));

        Assert.Equal((1, "cnn: this is wrong for all"), (ranks[0].ExitCode, ranks[0].Error.TrimEnd()));
        Assert.Equal((1, ""), (ranks[1].ExitCode, ranks[1].Error));
    }

    [Fact]
    public void ResultsAreThoseOfRankZero()
    {
        CommandLine[] ranks = RankedCommandLine.Run(2, (console, _) => CommandProcesses.Run(console, false, _ =>
        {
            console.Out.WriteLine("result");
            console.WriteNote("note");
            return 130;
        }));

        Assert.Equal((130, "result", "note"), (ranks[0].ExitCode, ranks[0].Output.Trim(), ranks[0].Error.Trim()));
        Assert.Equal((130, "", ""), (ranks[1].ExitCode, ranks[1].Output, ranks[1].Error));
    }

    // A second Ctrl-C does it while the training goes on.
    [Fact]
    public void AJobThatAnotherThreadHasEndedEndsWithoutAWord()
    {
        CommandLine[] ranks = Run(2, processes =>
        {
            AllHaveBegun(processes);
            if (!processes.IsRoot)
            {
                processes.Group!.Abort(130);
            }

            return processes.Group!.Gather([1]).Length;
        });

        Assert.All(ranks, r => Assert.NotEqual(0, r.ExitCode));
        Assert.All(ranks, r => Assert.Empty(r.Error));
    }

    [Fact]
    public void OneProcessIsNotMarked()
    {
        CommandLine[] ranks = Run(1, _ => throw new CnnException("this is wrong"));

        Assert.Equal((1, "cnn: this is wrong"), (ranks[0].ExitCode, ranks[0].Error.TrimEnd()));
    }

    [Fact]
    public void WhatWasMadeIsDisposedOfWhereAnotherRankFails()
    {
        using var made = new MemoryStream();

        Run(2, processes =>
        {
            using MemoryStream mine = processes.Together(
                () => processes.IsRoot ? made : throw new CnnException("not here"));
            return 0;
        });

        Assert.False(made.CanRead);
    }

    [Theory]
    [InlineData("train", "nosuch.prototxt")]
    [InlineData("test", "nosuch.prototxt", "--weights", "nosuch")]
    [InlineData("extract_features", "w", "nosuch.prototxt", "b", "d", "1", "hdf5")]
    public void CommandsAskForMpiWhereTheUserDoes(params string[] command)
    {
        var asked = new List<bool>();
        var console = new CommandConsole(TextWriter.Null, TextWriter.Null)
        {
            Join = isAskedFor =>
            {
                asked.Add(isAskedFor);
                return null;
            },
        };

        CommandLineProgram.Run(command, console);
        CommandLineProgram.Run([.. command, "--mpi"], console);

        Assert.Equal([false, true], asked);
    }

    [Fact]
    public void AMissingNetOfATestIsToldOnce()
    {
        CommandLine[] ranks = RankedCommandLine.Run(2, "test", "nosuch.prototxt", "--weights", "w");

        Assert.Equal([1, 1], ranks.Select(r => r.ExitCode));
        Assert.Contains("cnn: 'nosuch.prototxt' does not exist", ranks[0].Error, StringComparison.Ordinal);
        Assert.Empty(ranks[1].Error);
    }

    // A rank that begins after the job has ended has no result.
    private static void AllHaveBegun(CommandProcesses processes) => processes.Group!.Gather([]);

    private static CommandLine[] Run(int size, Func<CommandProcesses, int> body) =>
        RankedCommandLine.Run(size, (console, _) => CommandProcesses.Run(console, false, body));
}
