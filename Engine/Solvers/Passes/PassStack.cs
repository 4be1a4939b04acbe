namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Decides which sums of passes are added when: those of two neighbours of the tree as soon as both are there, so that
/// the additions are the same whichever passes come from another process. A last node without a neighbour counts as one
/// of the next level. Log2 of the passes wait at most where all come in order.
/// </summary>
/// <param name="passes">The passes of an iteration.</param>
internal sealed class PassStack(int passes)
{
    private readonly List<PassNode> waiting = [];

    /// <summary>The sums that wait for their neighbours, in the order of passes.</summary>
    public IReadOnlyList<PassNode> Waiting => waiting;

    /// <summary>Takes the sum that follows those that wait.</summary>
    /// <returns>How many of those that wait, the last first, are added to it; then it waits itself.</returns>
    public int Push(PassNode node)
    {
        int merges = 0;
        while (true)
        {
            if (node.Index % 2 == 1)
            {
                var left = new PassNode(node.Level, node.Index - 1);
                if (waiting.Count == 0 || waiting[^1] != left)
                {
                    break;
                }

                waiting.RemoveAt(waiting.Count - 1);
                merges++;
            }
            else if (node.Index == 0 || ((long)node.Index + 1) << node.Level < passes)
            {
                break;
            }

            node = new PassNode(node.Level + 1, node.Index / 2);
        }

        waiting.Add(node);
        return merges;
    }
}
