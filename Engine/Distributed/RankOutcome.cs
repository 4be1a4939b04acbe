using System.Text;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Engine.Distributed;

/// <summary>How something that every rank does has ended in one of them.</summary>
/// <param name="Kind">What it ended with.</param>
/// <param name="Text">The error's message; empty where there is none.</param>
internal readonly record struct RankOutcome(OutcomeKind Kind, string Text)
{
    /// <summary>Returns the outcome of an error, or of none.</summary>
    public static RankOutcome Of(Exception? error) => error switch
    {
        null => new RankOutcome(OutcomeKind.Done, ""),
        TrainingException => new RankOutcome(OutcomeKind.TrainingFailed, error.Message),
        CnnException { IsOfTheMachine: false } => new RankOutcome(OutcomeKind.BadInput, error.Message),
        CnnException => new RankOutcome(OutcomeKind.MachineFailed, error.Message),
        _ => new RankOutcome(OutcomeKind.MachineFailed, $"{error.GetType().Name}: {error.Message}"),
    };

    /// <summary>Reads what <see cref="ToBytes"/> returned.</summary>
    public static RankOutcome Parse(byte[] bytes) =>
        new((OutcomeKind)bytes[0], Encoding.UTF8.GetString(bytes.AsSpan(1)));

    /// <summary>
    /// Returns the error that is thrown in every process, that of the first rank that failed; null where none did.
    /// </summary>
    /// <param name="outcomes">The outcomes by rank.</param>
    /// <param name="mine">The error of this process.</param>
    public static Exception? Common(RankOutcome[] outcomes, Exception? mine)
    {
        int rank = Array.FindIndex(outcomes, o => o.Kind != OutcomeKind.Done);
        if (rank < 0)
        {
            return null;
        }

        RankOutcome first = outcomes[rank];
        if (Array.TrueForAll(outcomes, o => o == first))
        {
            // Without a word of ranks: it says what it says in one process.
            return mine;
        }

        string text = $"on rank {rank}: {first.Text}";
        return first.Kind == OutcomeKind.TrainingFailed
            ? new TrainingException(text, mine)
            : new CnnException(text, inner: mine) { IsOfTheMachine = first.Kind == OutcomeKind.MachineFailed };
    }

    /// <summary>Returns it as bytes.</summary>
    public byte[] ToBytes() => [(byte)Kind, .. Encoding.UTF8.GetBytes(Text)];
}
