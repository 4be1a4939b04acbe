using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Cnn.Campaigns.LongRuns;
using Cnn.Engine.Solvers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Threading;
using Processor = System.Runtime.InteropServices.Architecture;

namespace Cnn.Tests.Engine.Solvers.Bits;

/// <summary>
/// The weights of small nets after 200 iterations, to the bit, as they were recorded for each vector width. Being of
/// the kind Kernel, these tests run in a process for each width (<c>VectorWidthTests</c>).
/// </summary>
[Trait("Category", "Kernel")]
public class RecordedBitsTests
{
    private const int Iterations = 200;

    // The row of what VRSQRT14PS gives on the processor that the bits were recorded on; Intel specifies every bit of
    // it.
    private const string EstimateRow = "VRSQRT14PS";

    // The nets with BatchNorm and LRN, which use the estimate where there are 512-bit vectors.
    private static readonly string[] EstimateUsers = ["normalized", "mixed"];

    public static TheoryData<string> Nets => [.. SmallNets.All.Select(n => n.Name)];

    private static string Width => $"{VectorUnit.Path}";

    [Theory]
    [MemberData(nameof(Nets))]
    public void TheWeightsHaveTheBitsThatAreRecorded(string name)
    {
        if (RuntimeInformation.ProcessArchitecture != Processor.X64)
        {
            Assert.Skip($"the bits are recorded for x86-64, not for {RuntimeInformation.ProcessArchitecture}");
        }

        bool writes = Environment.GetEnvironmentVariable(RecordedBits.WriteVariable) is not null;
        if (VectorUnit.Path == VectorPath.Avx512 && EstimateUsers.Contains(name))
        {
            var estimate = new Dictionary<int, string> { [0] = Estimate() };
            if (writes)
            {
                RecordedBits.Write(EstimateRow, Width, estimate);
            }

            if (RecordedBits.Of(EstimateRow, Width).GetValueOrDefault(0) != estimate[0])
            {
                Assert.Skip("this processor's estimate of 1 / sqrt(x) is another, and so are BatchNorm's bits");
            }
        }

        SortedDictionary<int, string> found = Train(name);
        if (writes)
        {
            RecordedBits.Write(name, Width, found);
        }

        SortedDictionary<int, string> recorded = RecordedBits.Of(name, Width);
        Assert.Equal(found.Keys, recorded.Keys);
        int[] differ = [.. found.Keys.Where(i => found[i] != recorded[i])];
        Assert.True(differ.Length == 0, Message(name, differ));
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void TheNumberOfThreadsChangesNoBit(string name)
    {
        Assert.Single(new[] { 1, 2, 5 }.Select(threads => Train(name, 3, threads)[3]).Distinct());
    }

    [Fact]
    public void TestsAndFiguresOfARunChangeNoBit()
    {
        using var folder = new TemporaryFolder();
        string prefix = folder["snap"].Replace('\\', '/');
        string net = $"net_param {{ {SmallTraining.Net} }} base_lr: 0.01 momentum: 0.9 lr_policy: 'fixed' max_iter: 30 "
            + $"random_seed: 5 snapshot_prefix: '{prefix}' ";
        using var pool = new WorkerPool(2);
        using Solver plain = Training.Prepare(net + "snapshot_after_train: false", pool);
        using Solver busy = Training.Prepare(
            net + "test_iter: 2 test_interval: 7 display: 3 debug_info: true snapshot: 4", pool);
        Assert.True(plain.Solve());
        Assert.True(busy.Solve());
        Assert.Equal(Training.Weights(plain), Training.Weights(busy));
    }

    private static SortedDictionary<int, string> Train(string name, int iterations = Iterations, int threads = 2)
    {
        SmallNet net = SmallNets.All.Single(n => n.Name == name);
        using var pool = new WorkerPool(threads);
        using Solver solver = net.Prepare(pool, iterations);
        var hashes = new SortedDictionary<int, string>();
        while (solver.Iteration < iterations)
        {
            Keep();
            solver.Step();
        }

        Keep();
        return hashes;

        void Keep()
        {
            if (solver.Iteration is 0 or 1 or 20 || solver.Iteration == iterations)
            {
                hashes.Add(solver.Iteration, WeightHash.Of(solver.TrainNet));
            }
        }
    }

    private static string Message(string name, int[] differ)
    {
        string what = differ.FirstOrDefault() switch
        {
            0 => "the weights that fillers make, before any step",
            1 => "the first step: a kernel, the data or the update",
            _ => "what the first step does not show, such as a history of the update",
        };
        return $"The net '{name}' learns other bits with {Width} than are recorded, from iteration "
            + $"{differ.FirstOrDefault()} on. What changed is {what}. A promise is broken where this was not meant. "
            + "Where it was, tell users in CHANGELOG.md, under Changed, that weights of the same seed differ from the "
            + $"version before, and record the new bits: {RecordedBits.WriteVariable}=1 dotnet "
            + "test Runner.Tests -c Release "
            + "--filter \"RecordedBits|VectorWidth\"";
    }

    private static string Estimate()
    {
        // All leading 16 bits of the mantissa for an odd and an even exponent, which is all that the estimate looks at.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[64];
        for (uint bits = 0x3F800000; bits < 0x40800000; bits += 16 << 7)
        {
            Vector512<uint> each = Vector512.Create(bits) + (Vector512<uint>.Indices << 7);
            Avx512F.ReciprocalSqrt14(each.AsSingle()).AsByte().CopyTo(bytes);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
