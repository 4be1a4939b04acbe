using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Fuzz.Corpora;
using Cnn.Campaigns.Fuzz.Coverage;
using Cnn.Campaigns.Fuzz.Mutations;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Fillers;

namespace Cnn.Campaigns.Fuzz;

/// <summary>
/// Reads damaged copies of a corpus in this process, and adds those to it that run through edges that no other does, or
/// through one much more often.
/// </summary>
internal sealed class FuzzLoop
{
    private const int MostTrials = 16, ShortestCut = 4;

    private readonly FuzzReader reader;
    private readonly InputCheck check;
    private readonly Mutator mutator;
    private readonly Corpus corpus;
    private readonly Action<byte[]> before;
    private readonly byte[] seen = EdgeMap.None();

    /// <param name="reader">The reader.</param>
    /// <param name="check">Reads the inputs.</param>
    /// <param name="corpus">Receives inputs.</param>
    /// <param name="before">Called before each input is read.</param>
    public FuzzLoop(FuzzReader reader, InputCheck check, Corpus corpus, Action<byte[]> before)
    {
        (this.reader, this.check, this.corpus, this.before) = (reader, check, corpus, before);
        mutator = new Mutator(reader);
    }

    /// <summary>Called with each input that breaks the promise, and how.</summary>
    public event Action<byte[], InputOutcome>? Found;

    /// <summary>The number of edges that were run through.</summary>
    public int Edges => EdgeMap.Edges(seen);

    /// <summary>How many inputs were read, and refused; those that break the promise count as neither.</summary>
    public (long Read, long Refused) Counts { get; private set; }

    /// <summary>Reads the seeds and the inputs that were kept, and makes the corpus of those that are needed.</summary>
    /// <param name="folder">A folder for the making of seeds.</param>
    public void Begin(string folder)
    {
        byte[][] all = [.. reader.Seeds(folder), .. CorpusArchive.Read(reader.Name), .. corpus.Kept()];

        // What runs once in a process, such as the making of tables, is no edge of an input.
        foreach (byte[] input in all)
        {
            Run(input);
        }

        corpus.Clear();
        foreach (byte[] input in all.OrderBy(i => i.Length))
        {
            if (Run(input) is { } outcome && (EdgeMap.AddTo(seen) > 0 || corpus.Inputs.Count == 0))
            {
                corpus.Add(input, outcome.IsRead);
            }
        }
    }

    /// <summary>Reads some damaged copies, as a function of the corpus and the random numbers.</summary>
    public void Round(PhiloxRandom random, int executions)
    {
        for (int i = 0; i < executions; i++)
        {
            byte[] input = mutator.Create(corpus.Choose(random), corpus.Choose(random), random);
            if (Run(input) is { } outcome && IsNew(input))
            {
                corpus.Add(Cut(input, random), outcome.IsRead);
            }
        }
    }

    /// <summary>
    /// Returns the inputs in the order of what they add to those before them, the most for their size first; what adds
    /// nothing is left out.
    /// </summary>
    public IReadOnlyList<byte[]> Distilled()
    {
        // What an input adds only shrinks as others are chosen, so that the one that adds most by an old count, and
        // still does by a new one, is the best.
        var left = new PriorityQueue<(byte[] Input, byte[] Edges), double>();
        var (chosen, covered) = (new List<byte[]>(), EdgeMap.None());
        foreach (byte[] input in corpus.Inputs)
        {
            Run(input);
            byte[] edges = EdgeMap.Taken();
            left.Enqueue((input, edges), -Worth(input, edges, covered));
        }

        while (left.TryDequeue(out (byte[] Input, byte[] Edges) best, out _))
        {
            double worth = Worth(best.Input, best.Edges, covered);
            if (left.TryPeek(out _, out double next) && worth < -next)
            {
                left.Enqueue(best, -worth);
            }
            else if (worth > 0)
            {
                chosen.Add(best.Input);
                Add(best.Edges, covered);
            }
        }

        return chosen;
    }

    private static double Worth(byte[] input, byte[] edges, byte[] covered) =>
        Gain(edges, covered) / (64.0 + input.Length);

    private static int Gain(byte[] edges, byte[] covered)
    {
        int gain = 0;
        for (int i = 0; i < edges.Length; i++)
        {
            gain += System.Numerics.BitOperations.PopCount((uint)(edges[i] & ~covered[i]));
        }

        return gain;
    }

    private static void Add(byte[] edges, byte[] covered)
    {
        for (int i = 0; i < edges.Length; i++)
        {
            covered[i] |= edges[i];
        }
    }

    // Returns null where the promise was broken.
    private InputOutcome? Run(byte[] input)
    {
        before(input);
        EdgeMap.Clear();
        InputOutcome outcome = check.Check(input);
        if (outcome.Fault is not null)
        {
            Found?.Invoke(input, outcome);
            return null;
        }

        Counts = outcome.IsRead ? (Counts.Read + 1, Counts.Refused) : (Counts.Read, Counts.Refused + 1);
        return outcome;
    }

    // An edge that is new once and not again belongs to something else, such as a table that is made when it is first
    // needed.
    private bool IsNew(byte[] input) =>
        EdgeMap.HasNew(seen) && Run(input) is not null && EdgeMap.AddTo(seen) > 0;

    // Leaves out pieces as long as the same edges are run through as often.
    private byte[] Cut(byte[] input, PhiloxRandom random)
    {
        byte[] edges = EdgeMap.Taken(), shortest = input;
        int trials = 0;
        for (int size = input.Length / 2; size >= ShortestCut && trials < MostTrials; size /= 2)
        {
            for (int tries = 0; tries < 4 && trials < MostTrials && shortest.Length > size; tries++, trials++)
            {
                int at = random.Next(shortest.Length - size + 1);
                byte[] shorter = [.. shortest.AsSpan(0, at), .. shortest.AsSpan(at + size)];
                if (Run(shorter) is not null && EdgeMap.Taken().AsSpan().SequenceEqual(edges))
                {
                    shortest = shorter;
                }
            }
        }

        return shortest;
    }
}
