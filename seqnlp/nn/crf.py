import torch, torchcrf
class Z(torch.autograd.Function):
    @staticmethod
    def forward(ctx, em, st, en, tr, mask):
        B,T,K=em.shape; d=torch.float64
        m=em.double().amax(-1,keepdim=True); e=(em.double()-m).exp()
        e=torch.where(mask[...,None],e,torch.zeros((),dtype=d))
        K1=K+1
        W=torch.zeros(K1,K1,dtype=d); W[:K,:K]=tr.double().exp(); W[:K,K]=en.double().exp(); W[K,K]=1
        E=torch.zeros(T+1,B,K1,dtype=d); E[:T,:,:K]=e.transpose(0,1); E[:T,:,K]=(~mask).t(); E[T,:,K]=1
        A=torch.empty(T+1,B,K1,dtype=d); Bt=torch.empty(T+1,B,K1,dtype=d); lz=torch.zeros(B,dtype=d); lb=torch.zeros(B,dtype=d)
        a=torch.zeros(B,K1,dtype=d); a[:,:K]=st.double().exp(); a=a*E[0]; A[0]=a
        As=A.unbind(0);Es=E.unbind(0)
        scale=torch.zeros(T+1,B,dtype=d)
        for t in range(1,T+1):
            torch.mm(As[t-1],W,out=As[t]); As[t].mul_(Es[t])
            if t%8==0:
                s=As[t].sum(-1,keepdim=True); As[t].div_(s); scale[t]=s[:,0].log()
        logz=A[T,:,K].log()+scale.sum(0)+(m[...,0]*mask).sum(1)
        WT=W.t().contiguous(); b=torch.zeros(B,K1,dtype=d); b[:,K]=1; Bt[T]=b; Bs=Bt.unbind(0)
        for t in range(T-1,-1,-1):
            torch.mm(Bs[t+1]*Es[t+1],WT,out=Bs[t])
            if t%8==0: Bs[t].div_(Bs[t].sum(-1,keepdim=True))
        M=A*Bt; M=M/M.sum(-1,keepdim=True)
        ctx.save_for_backward(A,Bt,E,W,M,mask); 
        return logz
    @staticmethod
    def backward(ctx,g):
        A,Bt,E,W,M,mask=ctx.saved_tensors; K=W.size(0)-1
        T=mask.size(1)
        gm=M[:T,:,:K]*g.double()[None,:,None]*mask.t()[...,None]
        R=E[1:]*Bt[1:]; L=A[:-1]
        den=((L@W)*R).sum(-1,keepdim=True)
        C=torch.einsum('tbi,tbj->ij',L/den*g.double()[None,:,None],R)*W
        return gm.transpose(0,1).float(), (M[0,:,:K]*g.double()[:,None]).sum(0).float(), C[:K,K].float(), C[:K,:K].float(), None
class CRF(torchcrf.CRF):
    def __init__(self,n,ls=None,le=None,lt=None):
        super().__init__(n,batch_first=True)
        ni=lambda x: torch.where(torch.tensor(x),0.,-1e4)
        self.register_buffer('cs',ni(ls),persistent=False);self.register_buffer('ce',ni(le),persistent=False);self.register_buffer('ct',ni(lt),persistent=False)
    def w(self): return self.start_transitions+self.cs,self.end_transitions+self.ce,self.transitions+self.ct
    def forward(self,em,tags,mask,reduction='sum'):
        st,en,tr=self.w(); mf=mask.float()
        gold=(em.gather(2,tags[...,None])[...,0]*mf).sum(1)+st[tags[:,0]]
        gold=gold+(tr[tags[:,:-1],tags[:,1:]]*mf[:,1:]).sum(1)
        last=mask.sum(1)-1; gold=gold+en[tags.gather(1,last[:,None])[:,0]]
        return (gold-Z.apply(em,st,en,tr,mask).float()).sum()
    def viterbi(self,em,mask):
        st,en,tr=self.w(); B,T,K=em.shape
        s=[st+em[:,0]]
        for t in range(1,T):
            n=(s[-1][:,:,None]+tr).amax(1)+em[:,t]
            s.append(torch.where(mask[:,t,None],n,s[-1]))
        out=torch.zeros(B,T,dtype=torch.long); cur=(s[-1]+en).argmax(1); out[:,-1]=cur; trT=tr.t().contiguous()
        for t in range(T-2,-1,-1):
            p=(s[t]+trT[cur]).argmax(1); cur=torch.where(mask[:,t+1],p,cur); out[:,t]=cur
        return out*mask, None
