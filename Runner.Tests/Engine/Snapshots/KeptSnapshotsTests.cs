using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Crash")]
public sealed class KeptSnapshotsTests : IDisposable
{
    // A weight that grows by 1 each iteration from -6, so that the test's loss, (w x)^2 / 2, is least at iteration 6.
    private const string Net = """
        net_param {
          layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
          layer { name: "sum" type: "Reduction" bottom: "w" top: "sum" loss_weight: -1 include { phase: TRAIN } }
          layer { name: "square" type: "Power" bottom: "w" top: "score" power_param { power: 2 shift: -6 scale: 1 }
            include { phase: TEST } }
        }
        base_lr: 1 lr_policy: "fixed" random_seed: 1 test_iter: 1
        """;

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void TheNewestPairsStay()
    {
        Finish(Definition("snapshot_keep: 3 max_iter: 10 snapshot: 1 test_interval: 100"));

        Assert.Equal(Pairs(8, 9, 10), Files());
    }

    [Fact]
    public void WithoutANumberAllStay()
    {
        Finish(Definition("max_iter: 4 snapshot: 1 test_interval: 100"));

        Assert.Equal(Pairs(1, 2, 3, 4), Files());
        Assert.Empty(Listed(4));
    }

    [Fact]
    public void ThePairWithTheLeastLossStaysToo()
    {
        Finish(Definition("snapshot_keep: 2 max_iter: 12 snapshot: 2 test_interval: 2", lossWeight: 1));

        Assert.Equal(Pairs(6, 10, 12), Files());
    }

    [Fact]
    public void ThePairWithEarlyStoppingsBestScoreStaysToo()
    {
        Finish(Definition(
            "snapshot_keep: 1 max_iter: 12 snapshot: 2 test_interval: 2 "
            + "early_stopping { output: 'score' patience: 50 }"));

        Assert.Equal([.. Pairs(6, 12).Prepend("snap_best.caffemodel")], Files());
    }

    [Fact]
    public void AnOlderPairIsThereUntilTheNewerIsOnTheDisk()
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 1 max_iter: 3 snapshot: 1 test_interval: 100"));
        var seen = new List<string[]>();
        solver.SnapshotWritten += _ => seen.Add(Files());

        solver.Solve();

        Assert.Equal([Pairs(1), Pairs(1, 2), Pairs(2, 3)], seen);
        Assert.Equal(Pairs(3), Files());
    }

    [Fact]
    public void FilesThatTheRunDidNotWriteStay()
    {
        folder.Write("snap_iter_2.caffemodel", "mine");
        folder.Write("snap_iter_2.solverstate", "mine");
        folder.Write("snap_iter_99.solverstate", "mine");
        Finish(Definition("snapshot_keep: 1 max_iter: 9 snapshot: 3 test_interval: 100"));

        Assert.Equal([.. Pairs(2, 9).Append("snap_iter_99.solverstate").Order(StringComparer.Ordinal)], Files());
        Assert.Equal("mine", File.ReadAllText(folder["snap_iter_2.solverstate"]));
    }

    [Theory]
    [InlineData("snap_iter_1.caffemodel")]
    [InlineData("snap_iter_1.solverstate")]
    public void APairThatSomebodyChangedIsLeftAlone(string changed)
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 1 max_iter: 3 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith("_1.solverstate", StringComparison.Ordinal))
            {
                File.AppendAllText(folder[changed], "more");
            }
        };

        solver.Solve();

        Assert.Equal(Pairs(1, 3), Files());
    }

    [Fact]
    public void APairThatIsNoLongerWholeDoesNotCount()
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 2 max_iter: 4 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith("_3.solverstate", StringComparison.Ordinal))
            {
                File.Delete(folder["snap_iter_3.caffemodel"]);
            }
        };

        solver.Solve();

        Assert.Equal([.. Pairs(2), "snap_iter_3.solverstate", .. Pairs(4)], Files());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void APairThatSomebodyChangedDoesNotCount(int when)
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 2 max_iter: 3 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith($"_{when}.solverstate", StringComparison.Ordinal))
            {
                File.AppendAllText(folder["snap_iter_2.caffemodel"], "more");
            }
        };

        solver.Solve();

        Assert.Equal(Pairs(1, 2, 3), Files());
    }

    [Theory]
    [InlineData("snap_iter_1.caffemodel")]
    [InlineData("snap_iter_1.solverstate")]
    public void AChangeThatKeepsSizeAndTimeIsSeenToo(string changed)
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 1 max_iter: 3 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith("_2.solverstate", StringComparison.Ordinal))
            {
                DateTime time = File.GetLastWriteTimeUtc(folder[changed]);
                byte[] content = File.ReadAllBytes(folder[changed]);
                content[^1] ^= 1;
                File.WriteAllBytes(folder[changed], content);
                File.SetLastWriteTimeUtc(folder[changed], time);
            }
        };

        solver.Solve();

        Assert.Equal(Pairs(1, 3), Files());
    }

    [Theory]
    [InlineData("snap_iter_1.caffemodel")]
    [InlineData("snap_iter_1.solverstate")]
    public void AFileThatCannotBeReadIsTriedAgain(string locked)
    {
        FileStream? use = null;
        using Solver solver = Prepare(Definition("snapshot_keep: 1 max_iter: 4 snapshot: 1 test_interval: 100"));
        var seen = new List<string[]>();
        solver.SnapshotWritten += path =>
        {
            seen.Add(Files());
            if (path.EndsWith("_1.solverstate", StringComparison.Ordinal))
            {
                use = new FileStream(folder[locked], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            else if (path.EndsWith("_3.solverstate", StringComparison.Ordinal))
            {
                use!.Dispose();
            }
        };

        solver.Solve();

        Assert.Equal([Pairs(1), Pairs(1, 2), Pairs(1, 2, 3), Pairs(3, 4)], seen);
        Assert.Equal(Pairs(4), Files());
    }

    [Fact]
    public void AFileThatCannotBeDeletedIsTriedAgain()
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 1 max_iter: 4 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith("_1.solverstate", StringComparison.Ordinal))
            {
                File.Delete(path);
                Directory.CreateDirectory(path);
            }
            else if (path.EndsWith("_3.solverstate", StringComparison.Ordinal))
            {
                Assert.True(File.Exists(folder["snap_iter_1.caffemodel"]));
                Directory.Delete(folder["snap_iter_1.solverstate"]);
            }
        };

        solver.Solve();

        Assert.Equal(Pairs(4), Files());
    }

    [Fact]
    public void AnIterationThatIsWrittenAgainCountsOnce()
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 2 max_iter: 9 snapshot: 1 test_interval: 100"));
        Step(solver, 2);

        solver.WriteSnapshot();

        Assert.Equal(Pairs(1, 2), Files());
    }

    [Fact]
    public void AStateListsThePairsThatAreLeft()
    {
        Finish(Definition("snapshot_keep: 2 max_iter: 6 snapshot: 1 test_interval: 100"));

        Assert.Equal([4, 5], Listed(6));
    }

    [Fact]
    public void WhatIsLeftOfAPairGoesWhenEnoughNewerOnesAreWhole()
    {
        using Solver solver = Prepare(Definition("snapshot_keep: 2 max_iter: 4 snapshot: 1 test_interval: 100"));
        solver.SnapshotWritten += path =>
        {
            if (path.EndsWith("_2.solverstate", StringComparison.Ordinal))
            {
                File.Delete(folder["snap_iter_2.caffemodel"]);
            }
        };

        solver.Solve();

        Assert.Equal(Pairs(3, 4), Files());
    }

    [Fact]
    public void APairBehindALinkIsLeftAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        folder.Write("elsewhere", "");
        File.CreateSymbolicLink(folder["snap_iter_1.solverstate"], folder["elsewhere"]);
        Finish(Definition("snapshot_keep: 1 max_iter: 3 snapshot: 1 test_interval: 100"));

        Assert.Equal([.. Pairs(1, 3).Prepend("elsewhere")], Files());
    }

    [Fact]
    public void AResumedRunKnowsWhatItWroteBefore()
    {
        string definition = Definition("snapshot_keep: 2 max_iter: 6 snapshot: 1 test_interval: 100");
        using (Solver first = Prepare(definition))
        {
            Step(first, 3);
        }

        using Solver resumed = Prepare(definition, folder["snap_iter_3.solverstate"]);
        resumed.Solve();

        Assert.Equal(Pairs(5, 6), Files());
    }

    [Fact]
    public void PairsThatTheStateDoesNotNameStay()
    {
        string definition = Definition("snapshot_keep: 1 max_iter: 6 snapshot: 1 test_interval: 100");
        Finish(Definition("max_iter: 3 snapshot: 1 test_interval: 100"));
        using Solver resumed = Prepare(definition, folder["snap_iter_2.solverstate"]);
        resumed.Solve();

        // The first run kept no list, so the pair resumed from is the only one of before that is known to be its own;
        // iteration 3 is overwritten.
        Assert.Equal(Pairs(1, 6), Files());
    }

    [Fact]
    public void ACrashBetweenWritingAndDeletingIsMadeUpForByTheResumedRun()
    {
        string definition = Definition("snapshot_keep: 1 max_iter: 6 snapshot: 1 test_interval: 2", lossWeight: 1);
        using (Solver killed = Prepare(definition))
        {
            killed.SnapshotWritten += path =>
            {
                if (path.EndsWith("_4.solverstate", StringComparison.Ordinal))
                {
                    throw new IOException("killed");
                }
            };
            Assert.Throws<IOException>(() => killed.Solve());
        }

        Assert.Equal(Pairs(2, 3, 4), Files());
        using (Solver resumed = Prepare(definition, folder["snap_iter_4.solverstate"]))
        {
            resumed.Solve();
        }

        Assert.Equal(Pairs(6), Files());
    }

    [Fact]
    public void WhatACrashLeftGoesBeforeTheNextSnapshotIsWritten()
    {
        string definition = Definition("snapshot_keep: 1 max_iter: 4 snapshot: 1 test_interval: 100");
        using (Solver killed = Prepare(definition))
        {
            killed.SnapshotWritten += path =>
            {
                if (path.EndsWith("_3.solverstate", StringComparison.Ordinal))
                {
                    throw new IOException("killed");
                }
            };
            Assert.Throws<IOException>(() => killed.Solve());
        }

        Assert.Equal(Pairs(2, 3), Files());
        using Solver resumed = Prepare(definition, folder["snap_iter_3.solverstate"]);
        string[] seen = [];
        resumed.SnapshotWritten += _ => seen = Files();
        resumed.Solve();

        Assert.Equal(Pairs(3, 4), seen);
        Assert.Equal([3], Listed(4));
    }

    [Fact]
    public void AResumedRunEndsInTheSameBytes()
    {
        string definition = Definition("snapshot_keep: 2 max_iter: 9 snapshot: 1 test_interval: 3", lossWeight: 1);
        Finish(definition);
        string[] names = Files();
        Dictionary<string, byte[]> straight = names.ToDictionary(n => n, n => File.ReadAllBytes(folder[n]));
        Array.ForEach(names, name => File.Delete(folder[name]));

        using (Solver killed = Prepare(definition))
        {
            killed.SnapshotWritten += path =>
            {
                if (path.EndsWith("_5.solverstate", StringComparison.Ordinal))
                {
                    throw new IOException("killed");
                }
            };
            Assert.Throws<IOException>(() => killed.Solve());
        }

        using Solver resumed = Prepare(definition, folder["snap_iter_5.solverstate"]);
        resumed.Solve();

        Assert.Equal(names, Files());
        Assert.All(names, name => Assert.Equal(straight[name], File.ReadAllBytes(folder[name])));
    }

    [Theory]
    [InlineData("HDF5", ".h5")]
    [InlineData("BINARYPROTO", "")]
    public void BothFormatsAreKept(string format, string suffix)
    {
        string definition = Definition(
            $"snapshot_keep: 1 max_iter: 4 snapshot: 1 test_interval: 100 snapshot_format: {format}");
        using (Solver first = Prepare(definition))
        {
            Step(first, 2);
        }

        using Solver resumed = Prepare(definition, folder["snap_iter_2.solverstate" + suffix]);
        resumed.Solve();

        Assert.Equal([.. Pairs(4).Select(n => n + suffix)], Files());
    }

    private static void Step(Solver solver, int iterations)
    {
        for (int i = 0; i < iterations; i++)
        {
            solver.Step();
        }
    }

    private int[] Listed(int iteration)
    {
        using StateFile state = StateFile.Open(folder[$"snap_iter_{iteration}.solverstate"]);
        return [.. state.Extensions.KeptSnapshot.Select(kept => kept.Iter)];
    }

    private static string[] Pairs(params int[] iterations) =>
    [
        .. iterations.SelectMany(i => new[] { $"snap_iter_{i}.caffemodel", $"snap_iter_{i}.solverstate" })
            .Order(StringComparer.Ordinal),
    ];

    private void Finish(string definition)
    {
        using Solver solver = Prepare(definition);
        Assert.True(solver.Solve());
    }

    private Solver Prepare(string definition, string? resumeFrom = null) =>
        Training.Prepare(definition, pool, resumeFrom: resumeFrom);

    private string[] Files() =>
        [.. Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private string Definition(string more, float lossWeight = 0) =>
        Net.Replace("top: \"score\"", $"top: \"score\" loss_weight: {lossWeight}", StringComparison.Ordinal)
        + $" snapshot_prefix: '{folder["snap"].Replace('\\', '/')}' {more}";
}
