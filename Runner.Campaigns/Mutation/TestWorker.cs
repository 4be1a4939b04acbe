using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Cnn.Proto;

namespace Cnn.Campaigns.Mutation;

/// <summary>
/// The process that runs tests over mutated code: it reads commands from standard input and answers each with one line.
/// </summary>
/// <remarks>
/// <c>cover</c> runs every test without a mutant and answers a line for each: number, milliseconds, what failed (or
/// nothing), the mutants reached, the name. <c>try M T:L,T:L,...</c> runs tests with mutant M until one fails or takes
/// longer than its limit in milliseconds, and answers the outcome.
/// </remarks>
internal sealed class TestWorker
{
    private static readonly TimeSpan CleanLimit = TimeSpan.FromMinutes(2);

    private readonly IReadOnlyList<MutationTest> tests;
    private readonly HashSet<int> ranClean = [];
    private readonly FieldInfo active;
    private readonly bool[] reached;

    private TestWorker(IReadOnlyList<string> prefixes)
    {
        tests = MutationTest.In(Assembly.Load("Cnn.Tests"), prefixes);
        Type type = typeof(CnnException).Assembly.GetType(MutationSwitch.TypeName)!;
        active = type.GetField("Active")!;
        reached = (bool[])type.GetField("Reached")!.GetValue(null)!;
    }

    /// <summary>Serves commands until standard input ends. What tests write to the console is dropped.</summary>
    public static void Run(IReadOnlyList<string> prefixes)
    {
        TextReader input = Console.In;
        TextWriter output = Console.Out;
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        var worker = new TestWorker(prefixes);
        while (input.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "cover")
            {
                worker.Cover(output);
            }
            else
            {
                output.WriteLine(worker.Try(Number(words[1]), [.. words[2].Split(',').Select(Limited)]));
            }

            output.Flush();
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static (int Test, TimeSpan Limit) Limited(string text)
    {
        string[] parts = text.Split(':');
        return (Number(parts[0]), TimeSpan.FromMilliseconds(Number(parts[1])));
    }

    private void Cover(TextWriter output)
    {
        for (int number = 0; number < tests.Count; number++)
        {
            // The first run fills what is made once for the process; the second is what the test itself needs.
            string? failure = tests[number].Run(CleanLimit, out _);
            bool[] first = [.. reached];
            Array.Clear(reached);
            var clock = Stopwatch.StartNew();
            failure ??= tests[number].Run(CleanLimit, out _);
            long milliseconds = clock.ElapsedMilliseconds;
            IEnumerable<int> hits = Enumerable.Range(0, reached.Length).Where(i => reached[i] || first[i]);
            output.WriteLine(string.Join(
                '\t',
                number,
                milliseconds,
                failure?.ReplaceLineEndings(" ").Replace('\t', ' '),
                string.Join(',', hits),
                tests[number].Name));
            Array.Clear(reached);
        }

        output.WriteLine("end");
    }

    // A test runs without a mutant first in each process, so that no mutant gets into what is made once.
    private MutantOutcome Try(int mutant, (int Test, TimeSpan Limit)[] chosen)
    {
        foreach (var (number, limit) in chosen)
        {
            if (ranClean.Add(number) && tests[number].Run(CleanLimit, out _) is not null)
            {
                continue;
            }

            active.SetValue(null, mutant);
            string? failure = tests[number].Run(limit, out bool isLate);
            active.SetValue(null, -1);
            if (failure is not null)
            {
                return isLate ? MutantOutcome.TimedOut : MutantOutcome.Killed;
            }
        }

        return MutantOutcome.Survived;
    }
}
