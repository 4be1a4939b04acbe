using Cnn.Campaigns.Fuzz;
using Cnn.Campaigns.Mutation;
using Cnn.Campaigns.Running;

if (args is ["mutation-worker", .. var prefixes])
{
    TestWorker.Run(prefixes);
    return 0;
}

return FuzzProgram.Run(args, Console.Out) ?? CampaignProgram.Run(args, Console.Out, Console.Error);
